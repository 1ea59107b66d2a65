"use strict";
// Phrases in the reader's language. An element with data-t="key" holds a phrase, one with
// data-t-aria-label="key" has it as that attribute; data-values holds the values of {names}.

const LANGUAGES = ["en", "ja"];
const PHRASES = new Map(
  Object.entries(JSON.parse(document.getElementById("page-phrases").textContent)));
const PHRASE_ATTRIBUTES = ["aria-label", "title", "alt", "placeholder"];
let language = "en";

/** The phrase in the page's language, with values in place of its {names}. */
function phrase(key, values = {}) {
  const text = PHRASES.get(key)?.[LANGUAGES.indexOf(language)] ?? key;
  return text.replace(/\{(\w+)\}/g, (sign, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : sign);
}

/** Makes an element hold a phrase, also after a change of language. */
function setPhrase(element, key, values) {
  element.dataset.t = key;
  setValues(element, values);
  element.textContent = phrase(key, values);
}

/** Empties an element that held a phrase. */
function clearPhrase(element) {
  delete element.dataset.t;
  element.replaceChildren();
}

/** Gives an element a phrase as an attribute; one element's phrases share their values. */
function setPhraseAttribute(element, attribute, key, values) {
  element.setAttribute(`data-t-${attribute}`, key);
  setValues(element, values);
  element.setAttribute(attribute, phrase(key, values));
}

function setValues(element, values) {
  if (values) element.dataset.values = JSON.stringify(values);
}

/** Changes the language of the page; on "languagechange" scripts renew what only they know. */
function setLanguage(chosen) {
  language = LANGUAGES.includes(chosen) ? chosen : "en";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = phrase(element.dataset.t, JSON.parse(element.dataset.values ?? "{}"));
  }
  for (const attribute of PHRASE_ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-t-${attribute}]`)) {
      const values = JSON.parse(element.dataset.values ?? "{}");
      element.setAttribute(attribute, phrase(element.getAttribute(`data-t-${attribute}`), values));
    }
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  document.dispatchEvent(new Event("languagechange"));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    setLanguage(button.dataset.language);
    remember("language", language);
  });
}
setLanguage(recall("language") ?? (navigator.language.startsWith("ja") ? "ja" : "en"));

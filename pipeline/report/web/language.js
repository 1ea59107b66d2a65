"use strict";
// Phrases in the reader's language. An element with data-t="key" holds a phrase, one with
// data-t-aria-label="key" has it as that attribute; data-values says what {names} stand for.

const LANGUAGES = ["en", "ja"];
const PHRASES = new Map(
  Object.entries(JSON.parse(document.getElementById("page-phrases").textContent)));
const SPOKEN_ATTRIBUTES = ["aria-label", "title", "alt", "placeholder"];
let language = "en";

/** The phrase in the page's language, with values for its {names}. */
function phrase(key, values = {}) {
  const text = PHRASES.get(key)?.[LANGUAGES.indexOf(language)] ?? key;
  return text.replace(/\{(\w+)\}/g, (sign, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : sign);
}

/** Makes an element hold a phrase, now and in other languages. */
function say(element, key, values) {
  element.dataset.t = key;
  giveValues(element, values);
  element.textContent = phrase(key, values);
}

/** Makes an element hold nothing. */
function hush(element) {
  delete element.dataset.t;
  element.replaceChildren();
}

/** Gives an element a phrase as an attribute; one element's phrases share their values. */
function sayAs(element, attribute, key, values) {
  element.setAttribute(`data-t-${attribute}`, key);
  giveValues(element, values);
  element.setAttribute(attribute, phrase(key, values));
}

function giveValues(element, values) {
  if (values) element.dataset.values = JSON.stringify(values);
}

/** Puts the page into a language; scripts hear "spoken" and put right what only they know. */
function speak(chosen) {
  language = LANGUAGES.includes(chosen) ? chosen : "en";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = phrase(element.dataset.t, JSON.parse(element.dataset.values ?? "{}"));
  }
  for (const attribute of SPOKEN_ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-t-${attribute}]`)) {
      const values = JSON.parse(element.dataset.values ?? "{}");
      element.setAttribute(attribute, phrase(element.getAttribute(`data-t-${attribute}`), values));
    }
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  document.dispatchEvent(new Event("spoken"));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.language);
    remember("language", language);
  });
}
speak(remembered("language") ?? (navigator.language.startsWith("ja") ? "ja" : "en"));

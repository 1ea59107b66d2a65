"use strict";
// Small tools that the scripts of all sections use: elements, numbers and times as text.

function byId(id) {
  return document.getElementById(id);
}

/** A new element that holds a text. */
function textElement(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** A new element that holds a phrase. */
function phraseElement(tag, key, values) {
  const element = document.createElement(tag);
  setPhrase(element, key, values);
  return element;
}

/** Gives a button with an icon another name, and another icon where a path is given. */
function nameButton(button, key, path) {
  setPhraseAttribute(button, "aria-label", key);
  setPhraseAttribute(button, "title", key);
  if (path) button.querySelector("path").setAttribute("d", path);
}

/** "1:05", "1:01:05", or with tenths "1:05.3"; like clock_text of pipeline/runtime/clock.py. */
function clockText(seconds, tenths = false) {
  const unit = tenths ? 10 : 1;
  // A little is added because 0.3 · 10 may come out below 3.
  const whole = Math.max(0, Math.floor(seconds * unit + 1e-6));
  const rest = Math.floor(whole / unit);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(rest / 3600), minutes = Math.floor(rest / 60) % 60;
  const head = hours ? `${hours}:${two(minutes)}` : String(minutes);
  return `${head}:${two(rest % 60)}${tenths ? `.${whole % 10}` : ""}`;
}

/** A number as the page's language writes it. */
function numberText(number, digits = 0, signed = false) {
  return number.toLocaleString(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  });
}

/** A share of 0 to 1 with two significant digits: "2.3 %". */
function percentText(share) {
  const percent = 100 * share;
  return `${numberText(percent, percent < 9.95 ? 1 : 0)} %`;
}

/** A text in the form in which half-width and full-width, large and small letters are equal. */
function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

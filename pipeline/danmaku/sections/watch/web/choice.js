"use strict";
// What the reader has chosen to see, and small things that several scripts use.

const ROW_TEXT = 160; // characters of a comment that a line of a list has room for
const LETTERS = {
  generated: ["watch.letter_generated", "watch.by_generated"],
  viewer: ["watch.letter_viewer", "watch.by_viewer"],
  owner: ["watch.letter_owner", "watch.by_owner"],
};

/** Which comments are shown and how; "change" tells of it. */
class Choice extends EventTarget {
  constructor(comments) {
    super();
    const generated = comments.some((comment) => comment.kind === "generated");
    const viewers = comments.some((comment) => comment.kind !== "generated");
    this.has = { generated, viewers };
    this.generated = generated;
    this.viewers = viewers;
    this.coloured = generated && viewers;
  }

  /** True for a kind of comment that is shown. */
  shows(kind) {
    return kind === "generated" ? this.generated : this.viewers;
  }

  toggle(what) {
    if (what !== "coloured" && !this.has[what]) return;
    this[what] = !this[what];
    this.dispatchEvent(new Event("change"));
  }
}

function byId(id) {
  return document.getElementById(id);
}

/** "1:05", "1:01:05", or with tenths "1:05.3". */
function clockText(seconds, tenths = false) {
  const unit = tenths ? 10 : 1;
  const whole = Math.max(0, Math.floor(seconds * unit + 1e-6));
  const rest = Math.floor(whole / unit);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(rest / 3600), minutes = Math.floor(rest / 60) % 60;
  const head = hours ? `${hours}:${two(minutes)}` : String(minutes);
  return `${head}:${two(rest % 60)}${tenths ? `.${whole % 10}` : ""}`;
}

/** A number in the reader's way of writing it. */
function numberText(number, digits = 0, signed = false) {
  return number.toLocaleString(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  });
}

/** "2.3 %" with two digits that count. */
function shareText(share) {
  const percent = 100 * share;
  return `${numberText(percent, percent < 9.95 ? 1 : 0)} %`;
}

/** Index of the first comment later than a time; comments are sorted by time. */
function firstAfter(comments, time) {
  let low = 0, high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A new element that holds a text. */
function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** A letter for the eye and a word for the ear: who wrote a comment. */
function kindMark(kind) {
  const [letter, by] = LETTERS[kind];
  const mark = part("span", "");
  mark.className = "mark";
  const seen = part("span", phrase(letter));
  seen.setAttribute("aria-hidden", "true");
  const heard = part("span", phrase(by));
  heard.className = "unseen";
  mark.append(seen, heard);
  return mark;
}

/** A comment's text on one line, kept apart from what is beside it. */
function said({ text }) {
  const short = text.length > ROW_TEXT ? `${text.slice(0, ROW_TEXT)}…` : text;
  return part("bdi", short.replace(/\s+/g, " "));
}

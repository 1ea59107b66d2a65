"use strict";
// Which comments the reader has chosen to see, and how a comment looks in a line of text.

const MAX_ROW_TEXT = 160; // characters of a comment that fit into a line of a list
const LETTERS = {
  generated: ["watch.letter_generated", "watch.by_generated"],
  viewer: ["watch.letter_viewer", "watch.by_viewer"],
  owner: ["watch.letter_owner", "watch.by_owner"],
};

/** Which comments are shown, and whether their colour says who wrote them; fires "change". */
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

  /** Whether comments of a kind are shown. */
  shows(kind) {
    return kind === "generated" ? this.generated : this.viewers;
  }

  toggle(name) {
    if (name !== "coloured" && !this.has[name]) return;
    this[name] = !this[name];
    this.dispatchEvent(new Event("change"));
  }
}

/** Index of the first comment later than a time, in seconds; comments are sorted by time. */
function firstAfter(comments, time) {
  let low = 0, high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Who wrote a comment: a letter for the eye, and words for a screen reader. */
function kindMark(kind) {
  const [letter, words] = LETTERS[kind];
  const mark = textElement("span", "");
  mark.className = "mark";
  const visible = textElement("span", phrase(letter));
  visible.setAttribute("aria-hidden", "true");
  const audible = textElement("span", phrase(words));
  audible.className = "unseen";
  mark.append(visible, audible);
  return mark;
}

/** A comment's text on one line, isolated from the writing direction around it. */
function commentLine(text) {
  const short = text.length > MAX_ROW_TEXT ? `${text.slice(0, MAX_ROW_TEXT)}…` : text;
  return textElement("bdi", short.replace(/\s+/g, " "));
}

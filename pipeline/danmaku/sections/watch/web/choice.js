"use strict";
// Which comments the reader has chosen to see, and how a comment looks in a line of text.

const MAX_ROW_TEXT = 160; // characters of a comment that fit into a line of a list
const LETTERS = {
  generated: ["watch.letter_generated", "watch.by_generated"],
  viewer: ["watch.letter_viewer", "watch.by_viewer"],
  owner: ["watch.letter_owner", "watch.by_owner"],
};

const TUNED = ["opacity", "size", "density"];
const GOLDEN_RATIO = 0.618034; // its multiples spread evenly, however many there are

/** Which comments are shown and how; fires "change". */
class Choice extends EventTarget {
  constructor(comments) {
    super();
    this.comments = comments;
    const generated = comments.some((comment) => comment.kind === "generated");
    const viewers = comments.some((comment) => comment.kind !== "generated");
    this.has = { generated, viewers };
    this.generated = generated;
    this.viewers = !generated; // the two would lie over each other
    this.coloured = generated && viewers;
    for (const name of TUNED) this[name] = recalledShare(name);
    this.unwanted = recall("unwanted") ?? "";
    this.ban();
  }

  /** Whether the comment of this index is in the list, and may be over the picture. */
  shows(index) {
    const { kind } = this.comments[index];
    return (kind === "generated" ? this.generated : this.viewers) && !this.banned?.[index];
  }

  /** Whether it is over the picture when its time comes. */
  draws(index) {
    return (index * GOLDEN_RATIO) % 1 < this.density && this.shows(index);
  }

  toggle(name) {
    if (name !== "coloured" && !this.has[name]) return;
    this[name] = !this[name];
    this.dispatchEvent(new Event("change"));
  }

  /** Switches on the kind that a comment is of. */
  showKindOf(index) {
    const name = this.comments[index].kind === "generated" ? "generated" : "viewers";
    if (!this[name]) this.toggle(name);
  }

  /** Changes opacity, size or density, a share of 1. */
  tune(name, share) {
    this[name] = share;
    remember(name, share);
    this.dispatchEvent(new Event("change"));
  }

  /** Hides the comments that contain any of these words, which blanks or commas separate. */
  hide(words) {
    this.unwanted = words;
    remember("unwanted", words);
    this.ban();
    this.dispatchEvent(new Event("change"));
  }

  ban() {
    const words = folded(this.unwanted).split(/[\s,、]+/).filter(Boolean);
    this.banned = words.length === 0 ? null
      : this.foldedTexts.map((text) => words.some((word) => text.includes(word)));
  }

  /** The texts of all comments, to look for others in. */
  get foldedTexts() {
    this.allFolded ??= this.comments.map(({ text }) => folded(text));
    return this.allFolded;
  }
}

/** What a slider was left at; 1 before it was ever moved. */
function recalledShare(name) {
  const share = Number(recall(name));
  return share > 0 && share <= 1 ? share : 1;
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

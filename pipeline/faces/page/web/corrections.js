"use strict";
// What a person says of faces on this page: boxes and scores by picture, with undo and redo. The
// browser keeps it until the page of the same collection is opened again.

const SAME_FACE = 0.5; // intersection over union from which a box that was rated is the same face
const NOTHING_SAID = { boxes: null, scores: {} }; // of a picture; null leaves boxes as they were

/** Edges as they are written: in hundredths of a pixel. */
function rounded(box) {
  return box.map((edge) => Math.round(100 * edge) / 100);
}

/** Calls a box, or the whole picture, in what is said of scores. */
function nameOfBox(box) {
  return box ? rounded(box).join(",") : "";
}

/** Intersection over union. */
function overlap(one, other) {
  const side = (low, high) => Math.max(0,
    Math.min(one[high], other[high]) - Math.max(one[low], other[low]));
  const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
  const both = side(0, 2) * side(1, 3);
  return both / (area(one) + area(other) - both);
}

/** Fires "change" with the number of a picture of which something else is said now. */
class Corrections extends EventTarget {
  constructor(faces, names) {
    super();
    this.faces = faces;
    this.pictures = faces.pictures;
    this.names = names; // of pictures
    this.threshold = faces.threshold;
    this.said = new Map(); // what is said on this page, by number
    this.done = []; // changes that can be undone, the last one last
    this.undone = [];
    this.place = `${faces.correct ? "boxes" : "scores"}-${faces.key}`;
    this.elsewhere = {}; // what was said of pictures that the page no longer shows, by name
    remember("kept", "yes");
    this.isKept = recall("kept") === "yes";
    this.restore();
    addEventListener("storage", ({ key }) => {
      if (key === `yajiuma-${this.place}`) this.follow();
    });
  }

  /** Lets the browser keep what is said, and notes whether it does. */
  keep() {
    const here = [...this.said].map(([number, said]) => [this.names[number], said]);
    const text = JSON.stringify({ ...this.elsewhere, ...Object.fromEntries(here) });
    remember(this.place, text);
    this.isKept = recall(this.place) === text;
  }

  /** Takes up what was said before, but for what the pictures' labels say by now. */
  restore() {
    this.said.clear();
    const numbers = new Map(this.names.map((name, number) => [name, number]));
    for (const [name, said] of Object.entries(JSON.parse(recall(this.place) ?? "{}"))) {
      const number = numbers.get(name);
      if (number === undefined) this.elsewhere[name] = said;
      else this.set(number, this.news(number, said));
    }
  }

  /** Takes up what is said on the same page in another tab. */
  follow() {
    const before = [...this.said.keys()];
    this.restore();
    for (const number of new Set([...before, ...this.said.keys()])) this.tell(number);
  }

  /** What of something said is not known without it. */
  news(number, { boxes, scores }) {
    const { boxes: known = [], rated = [], looked } = this.pictures[number];
    const isKnown = looked && boxes && boxes.map(nameOfBox).sort().join(" ")
      === known.map(({ box }) => nameOfBox(box)).sort().join(" ");
    const isNew = ([name, score]) =>
      !rated.some(([box, before]) => nameOfBox(box) === name && before === score);
    return {
      boxes: isKnown ? null : boxes,
      scores: Object.fromEntries(Object.entries(scores).filter(isNew)),
    };
  }

  set(number, said) {
    if (said.boxes || Object.keys(said.scores).length) this.said.set(number, said);
    else this.said.delete(number);
  }

  of(number) {
    return this.said.get(number) ?? NOTHING_SAID;
  }

  /** The boxes of a picture, each with its probability if nobody looked at it. */
  boxes(number) {
    const { boxes } = this.of(number), { boxes: known = [], looked } = this.pictures[number];
    if (boxes) return boxes.map((box) => ({ box }));
    return known.filter(({ probability }) => looked || (probability ?? 1) >= this.threshold);
  }

  /** Whether a person looked at the picture. */
  isLookedAt(number) {
    return Boolean(this.of(number).boxes ?? this.pictures[number].looked);
  }

  /** The score of a box, or of the whole picture for null: here, or else the last one before. */
  scoreOf(number, box) {
    const isIt = ([other]) => box && other ? overlap(box, other) >= SAME_FACE : box === other;
    return this.of(number).scores[nameOfBox(box)]
      ?? (this.pictures[number].rated ?? []).findLast(isIt)?.[1];
  }

  isRated(number) {
    const { rated = [] } = this.pictures[number];
    return rated.length > 0 || Object.keys(this.of(number).scores).length > 0;
  }

  /** Says that the boxes of a picture are these. Their scores stay, others are dropped. */
  correct(number, boxes, { scores = this.of(number).scores, step } = {}) {
    const names = new Set(["", ...boxes.map(nameOfBox)]);
    const left = Object.entries(scores).filter(([name]) => names.has(name));
    this.change(number, { boxes: boxes.map(rounded), scores: Object.fromEntries(left) }, step);
  }

  /** Says that a box is elsewhere; its score goes with it. Moves of one step are undone at once. */
  move(number, index, box, step) {
    const boxes = this.boxes(number).map((one) => one.box), { scores } = this.of(number);
    const score = scores[nameOfBox(boxes[index])];
    boxes[index] = box;
    const moved = score === undefined ? scores : { ...scores, [nameOfBox(box)]: score };
    this.correct(number, boxes, { scores: moved, step });
  }

  rate(number, box, score) {
    const { boxes, scores } = this.of(number);
    this.change(number, { boxes, scores: { ...scores, [nameOfBox(box)]: score } });
  }

  change(number, said, step) {
    const last = this.done.at(-1), before = this.of(number);
    if (step && last?.step === step) last.after = said;
    else this.done.push({ number, before, after: said, step });
    this.undone = [];
    this.take(number, said);
  }

  undo() {
    const change = this.done.pop();
    if (!change) return;
    this.undone.push(change);
    this.take(change.number, change.before);
  }

  redo() {
    const change = this.undone.pop();
    if (!change) return;
    this.done.push(change);
    this.take(change.number, change.after);
  }

  take(number, said) {
    this.set(number, said);
    this.keep();
    this.tell(number);
  }

  tell(number) {
    this.dispatchEvent(new CustomEvent("change", { detail: number }));
  }

  /** All that people say, as the lines of labels.jsonl: before, and here of what was looked at. */
  lines() {
    const lines = [...this.faces.kept];
    for (const [number, picture] of this.names.entries()) {
      const about = { picture, by: "person" };
      if (this.faces.correct && this.isLookedAt(number)) {
        const boxes = this.boxes(number).map(({ box }) => ({ value: this.faces.label, box }));
        if (!boxes.length) boxes.push({}); // which says that there is nothing
        lines.push(...boxes.map((box) => ({ ...about, kind: "box", ...box })));
      }
      for (const [name, weight] of Object.entries(this.of(number).scores)) {
        const box = name ? { box: name.split(",").map(Number) } : {};
        lines.push({ ...about, kind: "score", weight, ...box });
      }
    }
    return lines;
  }
}

"use strict";
// The boxes over the opened picture, to be drawn, moved, resized and chosen by any pointer or keys.

const LEAST_DRAG = 4; // CSS pixels; less is a click
const LEAST_SIDE = 1; // of a box, in pixels of the picture
const NUDGE = 1 / 200; // of the picture's longer side, by an arrow key
const NEW_SHARE = 0.2; // of the picture's shorter side, of a box that is added by a key
const EDGES = ["lt", "t", "rt", "l", "r", "lb", "b", "rb"]; // of handles: left, top, right, bottom
const PARTS = 3; // across the window whose parts say why
const ARROW_WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Two edges in order, from 0 to a limit, and apart from each other. */
function inOrder(one, other, limit) {
  const within = (edge) => Math.min(Math.max(edge, 0), limit);
  const first = Math.min(within(Math.min(one, other)), limit - LEAST_SIDE);
  return [first, Math.max(within(Math.max(one, other)), first + LEAST_SIDE)];
}

/** Fires "select" when another box is chosen, or none. */
class FaceLayer extends EventTarget {
  constructor(corrections) {
    super();
    this.corrections = corrections;
    this.canDraw = corrections.faces.correct;
    this.layer = document.createElement("div");
    this.layer.className = this.canDraw ? "face-layer drawable" : "face-layer";
    this.number = -1;
    this.selected = -1;
    this.drag = null;
    this.showsWhy = false;
    this.wire();
  }

  wire() {
    const { layer } = this;
    layer.addEventListener("pointerdown", (event) => this.press(event));
    layer.addEventListener("pointermove", (event) => this.pull(event));
    layer.addEventListener("pointerup", (event) => this.release(event));
    layer.addEventListener("pointercancel", () => this.cancel());
    layer.addEventListener("keydown", (event) => this.nudge(event));
    layer.addEventListener("focusin", ({ target }) => {
      const box = target.closest("[data-box]");
      if (box) this.select(Number(box.dataset.box));
    });
  }

  /** Lies over a picture, in the element that shows it. */
  show(number, parent) {
    if (number !== this.number) {
      this.selected = this.canDraw ? -1 : 0; // the first face is the one that was ranked
      this.drag = null;
    }
    this.number = number;
    [this.width, this.height] = this.corrections.pictures[number].size;
    this.layer.style.setProperty("--ratio", this.width / this.height);
    if (this.layer.parentElement !== parent) parent.append(this.layer);
    this.fill();
  }

  fill() {
    const hadFocus = this.layer.contains(document.activeElement);
    const boxes = this.corrections.boxes(this.number);
    this.selected = Math.min(this.selected, boxes.length - 1);
    const elements = boxes.map((one, index) => this.element(one, index));
    this.layer.replaceChildren(...this.reasons(), ...elements);
    this.markSelected();
    if (hadFocus) this.focus();
  }

  element({ box, probability, by }, index) {
    const element = document.createElement("div"), { number, corrections } = this;
    const score = corrections.scoreOf(number, box);
    element.className = probability === undefined ? "face-box" : "face-box suggested";
    element.dataset.box = index;
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    const drawn = this.canDraw ? "pictures.box" : "pictures.face";
    const said = probability === undefined ? drawn : "pictures.box_found";
    const key = score === undefined ? said : `${said}_rated`;
    const values = { n: numberText(index + 1), p: percentText(probability ?? 1), by, score };
    setPhraseAttribute(element, "aria-label", key, values);
    if (score !== undefined) element.append(textElement("span", `${score} ★`));
    else if (probability !== undefined) {
      element.append(textElement("span", numberText(probability, 2)));
    }
    this.place(element, box);
    return element;
  }

  /** Puts an element over a box of the picture; a small one lies above a large one. */
  place(element, [left, top, right, bottom]) {
    const share = (length, side) => `${100 * length / side}%`;
    element.style.left = share(left, this.width);
    element.style.top = share(top, this.height);
    element.style.width = share(right - left, this.width);
    element.style.height = share(bottom - top, this.height);
    const area = (right - left) * (bottom - top) / (this.width * this.height);
    element.style.zIndex = Math.round(1 + 1000 * (1 - Math.min(1, area)));
  }

  /** The parts of what was cut out around the face, the brighter the more they raise the score. */
  reasons() {
    const { window: cut, why = [] } = this.corrections.pictures[this.number];
    if (!this.showsWhy || !cut || !why.length) return [];
    const most = Math.max(...why.map(Math.abs), 1e-9), [left, top, right, bottom] = cut;
    const [wide, high] = [(right - left) / PARTS, (bottom - top) / PARTS];
    return why.map((effect, part) => {
      const element = document.createElement("div");
      element.className = effect < 0 ? "face-part lowers" : "face-part raises";
      element.style.opacity = 0.6 * Math.abs(effect) / most;
      const [x, y] = [left + wide * (part % PARTS), top + high * Math.floor(part / PARTS)];
      this.place(element, [x, y, x + wide, y + high]);
      element.style.zIndex = 0; // boxes lie above
      return element;
    });
  }

  get elements() {
    return [...this.layer.querySelectorAll("[data-box]")];
  }

  /** The box that is chosen, or undefined. */
  get chosen() {
    return this.corrections.boxes(this.number)[this.selected];
  }

  select(index) {
    if (index === this.selected) return;
    this.selected = index;
    this.markSelected();
  }

  /** Takes the focus to the chosen box, or else to where keys are heard as well. */
  focus() {
    (this.elements[this.selected] ?? byId("opened-parts")).focus({ preventScroll: true });
  }

  markSelected() {
    this.elements.forEach((element, index) => {
      const isSelected = index === this.selected;
      element.setAttribute("aria-pressed", String(isSelected));
      element.querySelectorAll("i").forEach((handle) => handle.remove());
      if (!isSelected || !this.canDraw) return;
      for (const edges of EDGES) {
        const handle = document.createElement("i");
        handle.dataset.edges = edges;
        element.append(handle);
      }
    });
    this.dispatchEvent(new Event("select"));
  }

  /** Where on the picture a pointer is, in its pixels. */
  point({ clientX, clientY }) {
    const { left, top, width, height } = this.layer.getBoundingClientRect();
    return [(clientX - left) / width * this.width, (clientY - top) / height * this.height];
  }

  press(event) {
    if (event.button !== 0 || this.drag) return;
    const element = event.target.closest("[data-box]"), edges = event.target.dataset.edges ?? "";
    const index = element ? Number(element.dataset.box) : -1;
    event.preventDefault();
    if (element) element.focus({ preventScroll: true });
    else this.leave();
    if (!this.canDraw) return;
    this.layer.setPointerCapture(event.pointerId);
    const from = this.point(event), { clientX: x, clientY: y } = event;
    const box = element ? this.corrections.boxes(this.number)[index].box : [...from, ...from];
    this.drag = { index, edges: element ? edges : "rb", box, from, x, y, element, to: null };
  }

  /** Chooses no box. */
  leave() {
    this.select(-1);
    this.focus();
  }

  pull(event) {
    const { drag } = this;
    if (!drag) return;
    if (!drag.to && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < LEAST_DRAG) return;
    if (!drag.element) {
      drag.element = document.createElement("div");
      drag.element.className = "face-box";
      this.layer.append(drag.element);
    }
    const [x, y] = this.point(event);
    drag.to = this.pulled(drag.box, drag.edges, x - drag.from[0], y - drag.from[1]);
    this.place(drag.element, drag.to);
  }

  release(event) {
    const { drag, corrections, number } = this;
    this.pull(event);
    this.drag = null;
    if (!drag?.to) return;
    if (drag.index >= 0) corrections.move(number, drag.index, drag.to);
    else this.add(drag.to);
  }

  cancel() {
    this.drag = null;
    this.fill();
  }

  /** A box of which some edges, or for "" all, were pulled; within the picture and in order. */
  pulled([left, top, right, bottom], edges, x, y) {
    if (!edges) {
      const across = Math.min(Math.max(x, -left), this.width - right);
      const down = Math.min(Math.max(y, -top), this.height - bottom);
      return [left + across, top + down, right + across, bottom + down];
    }
    const by = (edge, length) => edges.includes(edge) ? length : 0;
    const [first, last] = inOrder(left + by("l", x), right + by("r", x), this.width);
    const [upper, lower] = inOrder(top + by("t", y), bottom + by("b", y), this.height);
    return [first, upper, last, lower];
  }

  add(box) {
    const boxes = this.corrections.boxes(this.number).map((one) => one.box);
    this.corrections.correct(this.number, [...boxes, box]);
    this.select(boxes.length);
    this.focus();
  }

  /** Adds a box in the middle, for those who draw by keys. */
  addInTheMiddle() {
    const half = NEW_SHARE * Math.min(this.width, this.height) / 2;
    const [x, y] = [this.width / 2, this.height / 2];
    this.add([x - half, y - half, x + half, y + half]);
  }

  remove() {
    if (!this.chosen) return;
    const boxes = this.corrections.boxes(this.number).map((one) => one.box);
    const index = this.selected;
    this.selected = -1;
    this.corrections.correct(this.number, boxes.toSpliced(index, 1));
    this.focus();
  }

  /** Arrows move a box, with Shift its right and lower edges; with Control by a pixel. */
  nudge(event) {
    const way = ARROW_WAYS[event.key];
    if (!way || !this.canDraw || !this.chosen || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.ctrlKey ? 1 : Math.max(1, NUDGE * Math.max(this.width, this.height));
    const [x, y] = way.map((direction) => direction * by);
    const box = this.pulled(this.chosen.box, event.shiftKey ? "rb" : "", x, y);
    this.corrections.move(this.number, this.selected, box, `${this.number} ${this.selected}`);
  }
}

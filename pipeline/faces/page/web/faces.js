"use strict";
// Ties boxes and scores to the grid of pictures, its dialog and the buttons.

const SUGGESTED = "#ffd23d"; // colour of what models found
const UNDER_LINES = "#000b";
const ACCENT = "#ff8a1f"; // it is over pictures, which are the same in either theme
const LINE_OF_TILE = 4; // CSS pixels

class FacePage {
  constructor(faces, { grid, shown, list, controls, opened }) {
    Object.assign(this, { faces, grid, shown, list, controls, opened });
    this.corrections = new Corrections(faces, grid.tiles.map(({ name }) => name));
    this.layer = new FaceLayer(this.corrections);
    this.parts = byId("opened-parts");
    this.shortcuts = new Map([...document.querySelectorAll("#face-tools [aria-keyshortcuts]")]
      .flatMap((button) => button.getAttribute("aria-keyshortcuts").toLowerCase().split(" ")
        .map((keys) => [keys, button])));
    this.parts.before(byId("face-tools"));
    byId("opened-picture").setAttribute("role", "group"); // it holds boxes that can be chosen
    byId("faces-unkept").hidden = this.corrections.isKept;
    this.grid.tiles.forEach((_, number) => this.mark(number));
    this.list.drawOver = (context, number, place) => this.drawBoxes(context, number, place);
    this.wire();
    if (!faces.correct) this.sortByScore();
    this.fill();
    this.tell();
    this.list.redraw();
  }

  wire() {
    const { corrections, layer } = this;
    const press = (id, action) => byId(id)?.addEventListener("click", action);
    press("faces-save", () => this.save());
    press("face-undo", () => this.travel("undo"));
    press("face-redo", () => this.travel("redo"));
    press("face-accept", () => this.accept());
    press("face-nothing", () => this.sayNothing());
    press("face-new", () => layer.addInTheMiddle());
    press("face-delete", () => layer.remove());
    press("face-why", () => this.showWhy());
    for (const button of document.querySelectorAll("[data-score]")) {
      button.addEventListener("click", () => this.rate(Number(button.dataset.score)));
    }
    byId("opened").addEventListener("keydown", (event) => this.press(event));
    corrections.addEventListener("change", ({ detail }) => this.onChange(detail));
    layer.addEventListener("select", () => this.tellOpened());
    this.opened.addEventListener("fill", () => this.fill());
    byId("faces-threshold")?.addEventListener("input", () => this.setThreshold());
    byId("faces-limit")?.addEventListener("input", () => this.setLimit());
    this.controls.form.addEventListener("reset", () => this.showAll());
    document.addEventListener("languagechange", () => this.tell());
  }

  get number() {
    return this.opened.number < this.grid.tiles.length ? this.opened.number : -1;
  }

  /** Presses the button that a key is a shortcut of. */
  press(event) {
    if (event.altKey || event.target.closest(TYPING)) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const modifiers = [isCommand && "control", event.shiftKey && "shift"].filter(Boolean);
    const button = this.shortcuts.get([...modifiers, event.key.toLowerCase()].join("+"));
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  onChange(number) {
    byId("faces-unkept").hidden = this.corrections.isKept;
    this.mark(number);
    this.tell();
    this.list.redraw();
    if (number === this.number) this.fill();
  }

  /** Undoes or redoes, at the picture that it is about. */
  travel(way) {
    const { done, undone } = this.corrections, change = (way === "undo" ? done : undone).at(-1);
    if (!change) return;
    this.corrections[way]();
    if (this.number >= 0 && this.number !== change.number) location.replace(`#p${change.number}`);
  }

  accept() {
    const { corrections, number } = this;
    corrections.correct(number, corrections.boxes(number).map(({ box }) => box));
    this.opened.step(1);
    this.parts.focus({ preventScroll: true });
  }

  sayNothing() {
    this.corrections.correct(this.number, []);
    this.parts.focus({ preventScroll: true });
  }

  rate(score) {
    this.corrections.rate(this.number, this.layer.chosen?.box ?? null, score);
  }

  showWhy() {
    this.layer.showsWhy = !this.layer.showsWhy;
    byId("face-why").setAttribute("aria-pressed", String(this.layer.showsWhy));
    this.fill();
  }

  setThreshold() {
    this.corrections.threshold = byId("faces-threshold").valueAsNumber;
    this.tell();
    this.list.redraw();
  }

  /** Shows pictures in the order of their scores, with these. */
  sortByScore() {
    const { sort, order } = this.controls.form.elements;
    sort.value = "0";
    order.value = this.faces.best === "highest" ? "descending" : "ascending";
    this.controls.choose();
  }

  /** Shows only pictures of at least a score, or of at most one where the lowest is the best. */
  setLimit() {
    const { fact, low, high } = this.controls.form.elements;
    fact.value = "0";
    (this.faces.best === "highest" ? low : high).value = byId("faces-limit").value;
    this.controls.choose();
    this.tell();
  }

  /** Puts the slider of scores to where it leaves out none. */
  showAll() {
    const slider = byId("faces-limit");
    if (!slider) return;
    slider.value = slider.defaultValue;
    this.tell();
  }

  /** Lets a tile be found by what is said of it. */
  mark(number) {
    const tile = this.grid.tiles[number], flags = new Set(tile.flags ?? []);
    const { corrections } = this;
    const holds = { corrected: corrections.isLookedAt(number), rated: corrections.isRated(number) };
    for (const [flag, isHeld] of Object.entries(holds)) {
      if (isHeld) flags.add(flag);
      else flags.delete(flag);
    }
    tile.flags = [...flags];
    this.shown.flags[number] = flags;
  }

  /** Shows the boxes of the opened picture, which was put in place of another one. */
  fill() {
    const isTile = this.number >= 0;
    byId("face-tools").hidden = !isTile;
    if (isTile) this.layer.show(this.number, byId("opened-picture"));
    if (isTile) this.tellOpened();
    if (document.activeElement === document.body) this.layer.focus(); // it was on a box before
  }

  tell() {
    const { corrections, faces } = this, all = this.grid.tiles.length;
    const count = (holds) => [...this.grid.tiles.keys()].filter(holds).length;
    const values = {
      n: numberText(count((number) => corrections.isLookedAt(number))),
      rated: numberText(count((number) => corrections.isRated(number))),
      all: numberText(all),
    };
    const key = faces.correct ? "faces.progress" : "faces.progress_rated";
    setPhrase(byId("faces-progress"), key, values);
    byId("faces-save").disabled = corrections.lines().length === 0;
    for (const id of ["faces-threshold", "faces-limit"]) {
      const slider = byId(id);
      if (slider) slider.nextElementSibling.value = numberText(slider.valueAsNumber, 2);
    }
    if (this.number >= 0) this.tellOpened();
  }

  /** Says what is known of the opened picture and of the box that is chosen. */
  tellOpened() {
    const { corrections, number, layer } = this, { chosen } = layer;
    const marks = this.opened.flagMarks(this.grid.tiles[number].flags);
    byId("opened-flags").replaceChildren(...marks);
    setPhrase(byId("face-told"), ...this.told());
    this.tellWhy();
    byId("face-undo").disabled = corrections.done.length === 0;
    byId("face-redo").disabled = corrections.undone.length === 0;
    if (byId("face-delete")) byId("face-delete").disabled = !chosen;
    const score = corrections.scoreOf(number, chosen?.box ?? null);
    for (const button of document.querySelectorAll("[data-score]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.score) === score));
    }
  }

  /** The phrase that says it, and its values. */
  told() {
    const { corrections, number, layer } = this, box = layer.elements[layer.selected];
    if (box) return [box.dataset.tAriaLabel, JSON.parse(box.dataset.values)];
    if (!this.faces.correct) return ["pictures.told_ranked"];
    const key = corrections.isLookedAt(number) ? "pictures.told_looked" : "pictures.told_model";
    return [key, { n: numberText(corrections.boxes(number).length) }];
  }

  /** Says in words which parts of the face speak most for its score, and most against it. */
  tellWhy() {
    const told = byId("face-reason"), { why = [] } = this.corrections.pictures[this.number];
    if (byId("face-why")) byId("face-why").disabled = why.length === 0;
    told.hidden = why.length === 0 || !this.layer.showsWhy;
    if (told.hidden) return;
    const part = (value) => phrase(`pictures.part_${why.indexOf(value)}`);
    const [best, worst] = [part(Math.max(...why)), part(Math.min(...why))];
    setPhrase(told, "pictures.reason", { best, worst });
  }

  /** Draws boxes over a tile, and a line at the top of one that was corrected. */
  drawBoxes(context, number, { x, y, width }) {
    const { corrections, faces } = this, picture = corrections.pictures[number];
    if (!picture) return;
    const scale = width / picture.size[0];
    for (const { box, probability } of corrections.boxes(number)) {
      const [left, top, right, bottom] = box.map((edge) => edge * scale);
      const colour = probability === undefined ? "#fff" : SUGGESTED;
      for (const [line, stroke] of [[3, UNDER_LINES], [1.5, colour]]) {
        context.lineWidth = line;
        context.strokeStyle = stroke;
        context.strokeRect(x + left, y + top, right - left, bottom - top);
      }
    }
    if (faces.correct && corrections.isLookedAt(number)) {
      context.fillStyle = ACCENT;
      context.fillRect(x, y, width, LINE_OF_TILE);
    } else if (!faces.correct) this.drawInterval(context, number, x, y, width);
  }

  /** Draws the score and its interval on the scale of all, as a bar at the top of a tile. */
  drawInterval(context, number, x, y, width) {
    const [least, most] = this.faces.scale, [score, low, high] = this.grid.tiles[number].facts;
    const at = (value) => x + width * Math.min(1, Math.max(0, (value - least) / (most - least)));
    const bar = (from, to, colour) => {
      context.fillStyle = colour;
      context.fillRect(from, y, to - from, 2 * LINE_OF_TILE);
    };
    bar(x, x + width, UNDER_LINES);
    bar(at(low), at(high), ACCENT);
    bar(at(score) - 1.5, at(score) + 1.5, "#fff");
  }

  /** Downloads all that people say of boxes and scores. */
  save() {
    const lines = this.corrections.lines().map((line) => JSON.stringify(line));
    saveFile("labels.jsonl", "application/jsonl", `${lines.join("\n")}\n`);
  }
}

const facePage = new FacePage(JSON.parse(byId("faces-data").textContent), pictureGrid);

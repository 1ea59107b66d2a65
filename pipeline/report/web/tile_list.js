"use strict";
// The grid that scrolls. Pictures are drawn on a canvas that covers the rows in view and scrolls
// with them. Each has an element with its caption, for pointers, the keyboard and screen readers,
// whose background lies beneath the canvas and whose number above it.

const MIN_SIDE = 104; // of a picture, in CSS pixels
const GAP = 12; // CSS pixels between tiles
const EDGE = 6; // around them all, room for the mark of the active one
const LINE = 1.25; // height of a caption's line, in rem
const SPARE_ROWS = 1; // above and below those in view
const MAX_CAPTION = 160; // characters

/** Fires "open" with the number of a tile. */
class TileList extends EventTarget {
  constructor({ tiles, facts = [] }, shown, sheets) {
    super();
    this.tiles = tiles;
    this.facts = facts;
    this.shown = shown;
    this.sheets = sheets;
    this.scroller = byId("tiles");
    this.space = byId("tile-space");
    this.canvas = byId("tile-canvas");
    this.captionLines = tiles.some(({ lines }) => lines) ? 2 : 1;
    this.existing = new Map(); // elements by their place in the order
    this.active = 0; // place that the keyboard is at
    this.columns = 1;
    this.row = 0; // height in CSS pixels
    this.frame = 0;
    this.drawn = null; // the first place on the canvas and the one behind the last
    this.drawOver = null; // what more is drawn on a tile, of which it gets number and rectangle
    this.wire();
    this.restart();
  }

  wire() {
    this.scroller.addEventListener("scroll", () => this.renderSoon(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.press(event));
    this.space.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      this.activate(Number(option.dataset.place));
      this.open();
    });
    this.sheets.addEventListener("load", () => this.redraw());
    this.shown.addEventListener("change", () => this.restart());
    document.addEventListener("languagechange", () => this.rebuild());
    new ResizeObserver(() => this.layOut()).observe(this.scroller);
  }

  get count() {
    return this.shown.numbers.length;
  }

  /** Begins at the top, when other tiles are shown. */
  restart() {
    this.active = 0;
    this.scroller.hidden = this.count === 0;
    this.scroller.scrollTop = 0;
    this.layOut();
  }

  /** Fits the rows to the width; the tile at the top stays there. */
  layOut() {
    const top = this.row && Math.round(this.scroller.scrollTop / this.row) * this.columns;
    const width = this.scroller.clientWidth - 2 * EDGE + GAP;
    if (width <= 0) return; // it is hidden
    this.columns = Math.max(2, Math.floor(width / (MIN_SIDE + GAP)));
    this.side = Math.floor(width / this.columns) - GAP;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const caption = Math.ceil(this.captionLines * LINE * rem);
    this.row = this.side + caption + GAP;
    this.space.style.setProperty("--side", `${this.side}px`);
    this.space.style.setProperty("--caption", `${caption}px`);
    this.space.style.setProperty("--lines", this.captionLines);
    this.space.style.height = `${Math.ceil(this.count / this.columns) * this.row + 2 * EDGE}px`;
    this.scroller.scrollTop = Math.floor(top / this.columns) * this.row;
    this.rebuild();
  }

  rebuild() {
    for (const option of this.existing.values()) option.remove();
    this.existing.clear();
    this.drawn = null;
    this.render();
  }

  /** Draws all that is in view anew. */
  redraw() {
    this.drawn = null;
    this.renderSoon();
  }

  renderSoon() {
    this.frame ||= requestAnimationFrame(() => this.render());
  }

  render() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.row) return;
    const { scrollTop, clientHeight } = this.scroller;
    const top = Math.max(0, Math.floor(scrollTop / this.row) - SPARE_ROWS);
    const bottom = Math.ceil((scrollTop + clientHeight) / this.row) + SPARE_ROWS;
    const first = top * this.columns, end = Math.min(this.count, bottom * this.columns);
    this.placeOptions(first, end);
    if (this.drawn?.[0] !== first || this.drawn?.[1] !== end) this.draw(first, end);
    this.drawn = [first, end];
  }

  placeOptions(first, end) {
    for (const [place, option] of this.existing) {
      if ((place >= first && place < end) || place === this.active) continue;
      option.remove();
      this.existing.delete(place);
    }
    for (let place = first; place < end; place += 1) this.add(place);
    if (this.active < this.count) this.add(this.active);
    this.markActive();
  }

  add(place) {
    if (this.existing.has(place)) return;
    const option = document.createElement("div"), number = this.shown.numbers[place];
    const { name, lines, facts } = this.tiles[number], { x, y } = this.cornerOf(place);
    const text = (lines?.find(({ aside }) => !aside)?.text ?? name).slice(0, MAX_CAPTION);
    const column = this.facts[this.shown.sort], value = facts?.[this.shown.sort];
    const figure = column && value != null ? numberText(value, column.digits) : "";
    option.id = `tile-${place}`;
    option.dataset.place = place;
    option.style.left = `${x}px`;
    option.style.top = `${y}px`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-posinset", place + 1);
    option.setAttribute("aria-setsize", this.count);
    option.setAttribute("aria-label", [...new Set([name, text, figure])].filter(Boolean).join(", "));
    option.append(textElement("bdi", text));
    if (figure) option.append(textElement("small", figure));
    this.space.append(option);
    this.existing.set(place, option);
  }

  /** The top left corner of a tile, in CSS pixels. */
  cornerOf(place) {
    const row = Math.floor(place / this.columns), column = place % this.columns;
    return { x: EDGE + column * (this.side + GAP), y: EDGE + row * this.row };
  }

  draw(first, end) {
    const { shown, sheets, side } = this, { y: top } = this.cornerOf(first);
    const rows = Math.ceil((end - first) / this.columns);
    const context = this.cleared(top, this.scroller.clientWidth, rows * this.row);
    const missing = [];
    for (let place = first; place < end; place += 1) {
      const { x, y } = this.cornerOf(place), number = shown.numbers[place];
      const drawn = sheets.draw(context, number, x, y - top, side);
      if (!drawn) missing.push(number);
      else this.drawOver?.(context, number, drawn);
    }
    sheets.want(missing);
  }

  /** The canvas's context, after it was put somewhere and emptied; all in CSS pixels. */
  cleared(top, width, height) {
    const { canvas } = this, ratio = devicePixelRatio, context = canvas.getContext("2d");
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.style.top = `${top}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingQuality = "high";
    context.clearRect(0, 0, width, height);
    return context;
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open();
      return;
    }
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.row)) * this.columns;
    const to = {
      ArrowLeft: this.active - 1, ArrowRight: this.active + 1,
      ArrowUp: this.active - this.columns, ArrowDown: this.active + this.columns,
      PageUp: this.active - page, PageDown: this.active + page,
      Home: 0, End: this.count - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.activate(Math.min(this.count - 1, Math.max(0, to)));
  }

  /** Moves the keyboard's place and scrolls there. */
  activate(place) {
    this.active = place;
    const { scrollTop, clientHeight } = this.scroller;
    const { y } = this.cornerOf(place), top = y - EDGE, bottom = y + this.row + EDGE;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.scroller.scrollTop = bottom - clientHeight;
    this.render();
  }

  markActive() {
    for (const [place, option] of this.existing) {
      option.setAttribute("aria-selected", String(place === this.active));
    }
    this.scroller.setAttribute("aria-activedescendant", `tile-${this.active}`);
  }

  open() {
    this.dispatchEvent(new CustomEvent("open", { detail: this.shown.numbers[this.active] }));
  }

  /** Takes the focus, at the tile of a number if that is shown. */
  focus(number) {
    const place = this.shown.placeOf(number);
    if (place >= 0) this.activate(place);
    this.scroller.focus({ preventScroll: true });
  }
}

"use strict";
// Paints the map into squares of a fixed size, one level at a time and a little in each frame.
// Panning and zooming draw finished squares, whatever the number of pictures is.

const SQUARE = 512; // CSS pixels
const MIN_SQUARES = 64; // that are kept at least, 1 MB each at one device pixel a CSS pixel
const MAX_RATIO = 2; // device pixels a CSS pixel; what a denser screen shows beyond is not seen
const MAX_MS = 6; // of painting in a frame
const CHUNK = 200; // pictures that are painted before the clock is read
const ENLARGED = 1.5; // how much a small picture may be enlarged before a larger one is loaded
const FRAME = 0.12; // width of a coloured frame, as a share of a picture's side
const DIMMED = 0.12; // opacity of what is not chosen

/** Fires "change" when a square was painted, or needs to be. */
class MapPainter extends EventTarget {
  constructor(sheets, overview) {
    super();
    this.sheets = new TileSheets(sheets);
    this.overview = new TileSheets(overview);
    this.small = []; // sheets of small pictures that have come
    this.squares = new Map(); // the least recently used first
    this.look = { colourOf: null, isShown: null, dots: false };
    this.ground = "#fff";
    this.sheets.addEventListener("load", () => this.repaintUnfinished());
    this.loadOverview();
  }

  async loadOverview() {
    const { across, sizes } = this.overview;
    const count = Math.ceil(sizes.length / across ** 2);
    await Promise.all(Array.from({ length: count }, async (_, sheet) => {
      const image = await this.overview.image(sheet);
      if (image) this.small[sheet] = copyOf(image);
    }));
    this.repaint();
  }

  /** Shows an arrangement; level 0 has `scale` CSS pixels per unit. */
  show(arrangement, scale) {
    this.arrangement = arrangement;
    this.scale = scale;
    this.squares.clear();
    this.repaint();
  }

  /** Changes colours, what is shown at full strength, or whether dots stand for pictures. */
  setLook(look) {
    Object.assign(this.look, look);
    this.repaint();
  }

  /** Paints all squares anew; those that are there stay in view until then. */
  repaint() {
    for (const square of this.squares.values()) square.isStale = true;
    this.dispatchEvent(new Event("change"));
  }

  repaintUnfinished() {
    for (const square of this.squares.values()) if (square.missing.length) square.isStale = true;
    this.dispatchEvent(new Event("change"));
  }

  side(level) {
    return this.arrangement.side(level, this.scale);
  }

  /** Draws the squares of a level that are in view; `place` is from units to CSS pixels. */
  draw(context, level, view, place) {
    const unit = SQUARE / (this.scale * 2 ** level), wanted = [];
    const first = (low) => Math.floor((Math.max(low, -EDGE_OF_MAP) + EDGE_OF_MAP) / unit);
    const last = (high) => Math.ceil((Math.min(high, EDGE_OF_MAP) + EDGE_OF_MAP) / unit);
    for (let row = first(view.top); row < last(view.bottom); row += 1) {
      for (let column = first(view.left); column < last(view.right); column += 1) {
        const square = this.square(level, column, row);
        wanted.push(square);
        const [x, y] = place(column * unit - EDGE_OF_MAP, row * unit - EDGE_OF_MAP);
        const [right, bottom] = place((column + 1) * unit - EDGE_OF_MAP,
          (row + 1) * unit - EDGE_OF_MAP);
        // Whole pixels, so that no seam is seen between two squares.
        const [left, top] = [Math.round(x), Math.round(y)];
        const [width, height] = [Math.round(right) - left, Math.round(bottom) - top];
        if (square.canvas) context.drawImage(square.canvas, left, top, width, height);
        else this.drawCoarser(context, level, column, row, left, top, width, height);
      }
    }
    this.wanted = wanted;
  }

  /** In place of a square that is not painted, the part of a coarser one. */
  drawCoarser(context, level, column, row, left, top, width, height) {
    for (let up = 1; up <= level; up += 1) {
      const key = keyOf(level - up, column >> up, row >> up), parts = 2 ** up;
      const canvas = this.squares.get(key)?.canvas;
      if (!canvas) continue;
      const part = canvas.width / parts;
      const [x, y] = [(column % parts) * part, (row % parts) * part];
      context.drawImage(canvas, x, y, part, part, left, top, width, height);
      return;
    }
  }

  square(level, column, row) {
    const key = keyOf(level, column, row);
    const square = this.squares.get(key) ?? { level, column, row, canvas: null, missing: [],
      isStale: true, work: null };
    renew(this.squares, key, square, Math.max(MIN_SQUARES, 2 * (this.wanted?.length ?? 0)));
    return square;
  }

  /** Paints squares that were drawn and are not finished, for a while; whether more is to do. */
  paintSome() {
    const until = performance.now() + MAX_MS;
    for (const square of this.wanted ?? []) {
      if (square.isStale) this.begin(square);
      while (square.work) {
        this.paintChunk(square);
        if (performance.now() > until) return true;
      }
    }
    this.sheets.want([...new Set((this.wanted ?? []).flatMap(({ missing }) => missing))]);
    return false;
  }

  begin(square) {
    const { arrangement, scale } = this, { level, column, row } = square;
    const unit = SQUARE / (scale * 2 ** level), side = this.side(level);
    const [left, top] = [column * unit - EDGE_OF_MAP, row * unit - EDGE_OF_MAP];
    const margin = side / SQUARE * unit * (0.5 + FRAME);
    const numbers = arrangement.within(
      left - margin, top - margin, left + unit + margin, top + unit + margin);
    const { isShown } = this.look;
    // What is chosen lies on top.
    if (isShown) numbers.sort((one, other) => isShown(one) - isShown(other));
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(SQUARE * Math.min(MAX_RATIO, devicePixelRatio));
    const context = canvas.getContext("2d", { alpha: true });
    const ratio = canvas.width / SQUARE;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingQuality = side * ratio < 24 ? "low" : "medium";
    square.isStale = false;
    square.missing = [];
    square.work = { numbers, next: 0, canvas, context, side, left, top, perUnit: SQUARE / unit };
  }

  paintChunk(square) {
    const { work } = square, end = Math.min(work.numbers.length, work.next + CHUNK);
    for (; work.next < end; work.next += 1) this.paint(square, work.numbers[work.next]);
    if (work.next < work.numbers.length) return;
    square.canvas = work.canvas;
    square.work = null;
    this.dispatchEvent(new Event("change"));
  }

  paint({ work, missing }, number) {
    const { context, side, left, top, perUnit } = work;
    const { colourOf, isShown, dots } = this.look;
    const x = (this.arrangement.x[number] - left) * perUnit;
    const y = (this.arrangement.y[number] - top) * perUnit;
    context.globalAlpha = isShown && !isShown(number) ? DIMMED : 1;
    const colour = colourOf?.(number);
    if (dots) {
      context.fillStyle = colour ?? NO_COLOUR;
      context.beginPath();
      context.arc(x, y, Math.max(1.5, Math.min(side / 2.5, 12)), 0, 2 * Math.PI);
      context.fill();
      return;
    }
    const [wide, high] = this.sheets.sizes[number], scale = side / Math.max(wide, high);
    const [width, height] = [wide * scale, high * scale];
    if (colour) {
      const frame = Math.max(1, side * FRAME / 2);
      context.fillStyle = colour;
      context.fillRect(x - width / 2 - frame, y - height / 2 - frame,
        width + 2 * frame, height + 2 * frame);
    }
    const wantsLarge = side * devicePixelRatio > ENLARGED * this.overview.tile;
    if (wantsLarge && this.sheets.draw(context, number, x - side / 2, y - side / 2, side)) return;
    if (wantsLarge) missing.push(number);
    this.paintSmall(context, number, x - width / 2, y - height / 2, width, height);
  }

  paintSmall(context, number, x, y, width, height) {
    const { tile, across, sizes } = this.overview, image = this.small[this.overview.sheetOf(number)];
    if (!image) return;
    const cell = number % across ** 2, [wide, high] = sizes[number];
    context.drawImage(image, tile * (cell % across), tile * Math.floor(cell / across), wide, high,
      x, y, width, height);
  }
}

const EDGE_OF_MAP = 1.25; // units from the middle, with room for pictures at the edge
const NO_COLOUR = "#8a909c";

/** A canvas, which is never decoded again. */
function copyOf(image) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}

function keyOf(level, column, row) {
  return `${level} ${column} ${row}`;
}

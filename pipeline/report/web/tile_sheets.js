"use strict";
// Pictures of tiles, cut from sprite sheets (pipeline/report/tile_sheets.py) as they are needed.

const MAX_CUT = 800; // tiles that are kept, 64 KB each; more than any screen shows
const MAX_SHEETS = 48; // that are kept, 1 MB each
const MAX_LOADING = 4; // sheets at a time

/** Fires "load" when tiles that were wanted have come. */
class TileSheets extends EventTarget {
  constructor({ folder, tile, across, sizes }) {
    super();
    this.folder = folder;
    this.tile = tile;
    this.across = across;
    this.sizes = sizes;
    this.cut = new Map(); // canvases by tile, the least recently used first
    this.sheets = new Map(); // promises of images by sheet, in the same order
    this.wanted = new Map(); // tiles by sheet
    this.loading = new Set();
    this.broken = new Set(); // sheets that cannot be read
  }

  /** Draws a tile into the middle of a square, and returns where; null if it is not there yet. */
  draw(context, number, x, y, side) {
    const picture = this.cut.get(number);
    if (!picture) return null;
    renew(this.cut, number, picture, MAX_CUT);
    const scale = side / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    const drawn = { x: x + (side - width) / 2, y: y + (side - height) / 2, width, height };
    context.drawImage(picture, drawn.x, drawn.y, width, height);
    return drawn;
  }

  /** Loads these tiles, and no longer those that were wanted before. */
  want(numbers) {
    this.wanted = Map.groupBy(numbers, (number) => this.sheetOf(number));
    this.loadMore();
  }

  loadMore() {
    for (const sheet of this.wanted.keys()) {
      if (this.loading.size >= MAX_LOADING) return;
      if (!this.loading.has(sheet) && !this.broken.has(sheet)) this.loadWanted(sheet);
    }
  }

  async loadWanted(sheet) {
    this.loading.add(sheet);
    const image = await this.image(sheet);
    this.loading.delete(sheet);
    const numbers = this.wanted.get(sheet) ?? [];
    this.wanted.delete(sheet);
    if (image) {
      for (const number of numbers) this.cutOut(image, number);
      this.dispatchEvent(new Event("load"));
    }
    this.loadMore();
  }

  /** A canvas that shows a tile as soon as its sheet has come. */
  canvas(number) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = this.sizes[number];
    this.image(this.sheetOf(number)).then((image) => {
      if (image) this.copy(image, number, canvas);
    });
    return canvas;
  }

  cutOut(image, number) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = this.sizes[number];
    this.copy(image, number, canvas);
    renew(this.cut, number, canvas, MAX_CUT);
  }

  copy(image, number, canvas) {
    const { tile, across } = this, { width, height } = canvas;
    const cell = number % across ** 2;
    const [x, y] = [tile * (cell % across), tile * Math.floor(cell / across)];
    canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height);
  }

  sheetOf(number) {
    return Math.floor(number / this.across ** 2);
  }

  /** A promise of a sheet; of null for one that cannot be read. */
  image(sheet) {
    const promise = this.sheets.get(sheet) ?? this.read(sheet);
    renew(this.sheets, sheet, promise, MAX_SHEETS);
    return promise;
  }

  read(sheet) {
    const image = new Image();
    image.src = `${this.folder}/${String(sheet).padStart(4, "0")}.jpg`;
    return new Promise((resolve) => {
      image.addEventListener("load", () => resolve(image)); // decode() would decode it twice
      image.addEventListener("error", () => {
        this.broken.add(sheet);
        resolve(null);
      });
    });
  }
}

/** Makes an entry of a map the most recently used one, and drops the least recently used. */
function renew(map, key, value, limit) {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value);
}

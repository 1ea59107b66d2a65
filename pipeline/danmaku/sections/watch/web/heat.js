"use strict";
// Heat maps over the whole picture, cut from sheets. No pixel is ever read: a page on disk may
// not do that.

const MAPS_PER_ROW = 32; // maps beside one another, MAPS_PER_ROW of content.py
const MAPS_PER_SHEET = 1024; // maps of a sheet, MAPS_PER_SHEET of content.py
const HEAT_WIDTH = 960; // pixels; a smooth map needs no more

class HeatLayer {
  constructor(canvas, report) {
    this.canvas = canvas;
    this.heat = report.heat;
    this.sheets = new Map();
    this.requested = null;
    if (!this.heat) return;
    canvas.width = HEAT_WIDTH;
    canvas.height = Math.round((HEAT_WIDTH * report.stage[1]) / report.stage[0]);
    this.cell = document.createElement("canvas");
    this.cell.width = this.cell.height = this.heat.side;
  }

  /** Shows a map of one kind; resolves to false where its sheet cannot be read. */
  async show(kind, map) {
    const requested = `${kind} ${map}`;
    this.requested = requested;
    this.canvas.hidden = false;
    const sheet = this.sheet(kind, Math.floor(map / MAPS_PER_SHEET));
    const ready = sheet.complete && sheet.naturalWidth > 0;
    const loaded = ready || (await sheet.decode().then(() => true, () => false));
    if (this.requested !== requested) return true; // another map was chosen meanwhile
    if (loaded) this.draw(sheet, map % MAPS_PER_SHEET);
    else this.hide();
    return loaded;
  }

  hide() {
    this.requested = null;
    this.canvas.hidden = true;
  }

  sheet(kind, number) {
    const path = `heat/${kind}-${String(number).padStart(3, "0")}.png`;
    if (!this.sheets.has(path)) {
      const image = new Image();
      image.src = path;
      this.sheets.set(path, image);
    }
    return this.sheets.get(path);
  }

  draw(sheet, place) {
    const { side } = this.heat, { cell, canvas } = this;
    const left = (place % MAPS_PER_ROW) * side, top = Math.floor(place / MAPS_PER_ROW) * side;
    // Copied to a small canvas first: otherwise smoothing would blend in the maps beside it.
    const small = cell.getContext("2d");
    small.clearRect(0, 0, side, side);
    small.drawImage(sheet, left, top, side, side, 0, 0, side, side);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(cell, 0, 0, canvas.width, canvas.height);
  }
}

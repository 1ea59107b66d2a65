"use strict";
// Heat maps over the whole picture. They are cut from sheets; pixels are never read, which a
// page on disk may not.

const HEAT_ACROSS = 32; // maps beside one another, content.py's ACROSS
const HEAT_SHEET = 1024; // maps of a sheet, content.py's A_SHEET
const HEAT_WIDTH = 960; // pixels; it is smooth anyway

class HeatLayer {
  constructor(canvas, report) {
    this.canvas = canvas;
    this.heat = report.heat;
    this.sheets = new Map();
    this.asked = null;
    if (!this.heat) return;
    canvas.width = HEAT_WIDTH;
    canvas.height = Math.round((HEAT_WIDTH * report.stage[1]) / report.stage[0]);
    this.cell = document.createElement("canvas");
    this.cell.width = this.cell.height = this.heat.side;
  }

  /** Shows a map of one kind; resolves to false where its sheet cannot be read. */
  async show(kind, map) {
    const asked = `${kind} ${map}`;
    this.asked = asked;
    this.canvas.hidden = false;
    const sheet = this.sheet(kind, Math.floor(map / HEAT_SHEET));
    const ready = sheet.complete && sheet.naturalWidth > 0;
    const good = ready || (await sheet.decode().then(() => true, () => false));
    if (this.asked !== asked) return true;
    if (good) this.draw(sheet, map % HEAT_SHEET);
    else this.hide();
    return good;
  }

  hide() {
    this.asked = null;
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
    const left = (place % HEAT_ACROSS) * side, top = Math.floor(place / HEAT_ACROSS) * side;
    // By way of a canvas of its own, so that smoothing takes nothing from the maps beside it.
    const small = cell.getContext("2d");
    small.clearRect(0, 0, side, side);
    small.drawImage(sheet, left, top, side, side, 0, 0, side, side);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(cell, 0, 0, canvas.width, canvas.height);
  }
}

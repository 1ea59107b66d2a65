"use strict";
// The picture of the time that a mouse points at, above the seek bar.

class Preview {
  constructor({ previews, seconds }) {
    this.seconds = seconds;
    this.box = byId("preview");
    if (!previews) return;
    this.between = previews.seconds;
    this.sheets = new TileSheets(previews.sheets);
    this.shown = -1; // number of the picture
    for (const id of ["seek", "density"]) {
      byId(id).addEventListener("pointermove", (event) => this.show(event));
      byId(id).addEventListener("pointerleave", () => { this.box.hidden = true; });
    }
  }

  show({ clientX, pointerType }) {
    if (pointerType === "touch") return;
    const bar = byId("density").parentElement.getBoundingClientRect();
    const line = byId("playhead").parentElement.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - line.left) / line.width));
    const last = this.sheets.sizes.length - 1;
    const number = Math.min(last, Math.floor((share * this.seconds) / this.between));
    if (number !== this.shown) this.box.replaceChildren(this.sheets.canvas(number), byId("preview-time"));
    this.shown = number;
    byId("preview-time").textContent = clockText(share * this.seconds);
    this.box.hidden = false;
    const half = this.box.offsetWidth / 2, middle = clientX - bar.left;
    this.box.style.left = `${Math.min(bar.width - half, Math.max(half, middle))}px`;
  }
}

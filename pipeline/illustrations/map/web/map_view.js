"use strict";
// The part of the map in view: panning, zooming, pointing and drawing a lasso.

const FIT = 0.94; // of the view, by the whole map
const WHEEL = 0.0015; // doublings a pixel that a wheel turns
const STEP = 0.15; // of the view, that an arrow key pans
const ZOOM = Math.SQRT2; // of a key or button
const STILL = 5; // CSS pixels that a pointer may move in a click
const LINE_HEIGHT = 16; // CSS pixels, of wheels that count in lines
const NAME_SIZE = 14; // CSS pixels, of a cluster's name
const NAME_GAP = 6;

/** Fires "open" with the number of a point, "lasso" with those inside one. */
class MapView extends EventTarget {
  constructor(painter, names) {
    super();
    this.painter = painter;
    this.names = names; // of points
    this.element = byId("map-view");
    this.canvas = byId("map-canvas");
    this.tip = byId("map-tip");
    this.middle = [0, 0]; // units
    this.zoom = 1; // over that at which the whole map is in view
    this.clusters = []; // { x, y, name }, the largest first
    this.pictures = new Map(); // of their names
    this.pointers = new Map();
    this.lasso = null; // corners in CSS pixels while one is drawn
    this.isLassoing = false; // whether dragging draws one
    this.frame = 0;
    this.wire();
  }

  wire() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.release(event));
    element.addEventListener("pointercancel", (event) => this.release(event));
    element.addEventListener("pointerleave", () => this.point(null));
    element.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    element.addEventListener("keydown", (event) => this.type(event));
    element.addEventListener("focus", () => this.redraw());
    element.addEventListener("blur", () => this.redraw());
    this.painter.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(element);
  }

  /** Shows another arrangement, whole. */
  show(arrangement, clusters) {
    this.arrangement = arrangement;
    this.clusters = clusters;
    this.resize();
    this.fit();
  }

  resize() {
    const { clientWidth, clientHeight } = this.element;
    if (!clientWidth || !this.arrangement) return;
    this.width = clientWidth;
    this.height = clientHeight;
    const scale = FIT * Math.min(clientWidth, clientHeight) / 2;
    if (scale !== this.scale || this.painter.arrangement !== this.arrangement) {
      this.scale = scale;
      this.painter.show(this.arrangement, scale);
    }
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.redraw();
  }

  fit() {
    this.middle = [0, 0];
    this.zoom = 1;
    this.redraw();
  }

  /** Brings a rectangle of units into view. */
  fitTo(left, top, right, bottom) {
    this.middle = [(left + right) / 2, (top + bottom) / 2];
    const [across, down] = [this.width / (right - left), this.height / (bottom - top)];
    this.zoomTo(FIT * Math.min(across, down) / this.scale);
  }

  panBy(x, y) {
    const perPixel = 1 / (this.scale * this.zoom);
    this.middle = [x, y].map((by, axis) =>
      Math.min(1, Math.max(-1, this.middle[axis] - by * perPixel)));
    this.redraw();
  }

  /** Zooms; the place at CSS pixel (x, y) stays where it is. */
  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.unitsAt(x, y);
    this.zoomTo(this.zoom * factor);
    const after = this.unitsAt(x, y);
    this.middle = [0, 1].map((axis) =>
      Math.min(1, Math.max(-1, this.middle[axis] + before[axis] - after[axis])));
    this.redraw();
  }

  zoomTo(zoom) {
    this.zoom = Math.min(2 ** this.arrangement.levels, Math.max(0.7, zoom));
    this.redraw();
  }

  unitsAt(x, y) {
    const perPixel = 1 / (this.scale * this.zoom);
    return [this.middle[0] + (x - this.width / 2) * perPixel,
      this.middle[1] + (y - this.height / 2) * perPixel];
  }

  pixelsAt(x, y) {
    const perUnit = this.scale * this.zoom;
    return [(x - this.middle[0]) * perUnit + this.width / 2,
      (y - this.middle[1]) * perUnit + this.height / 2];
  }

  /** What is in view, in units. */
  get bounds() {
    const [left, top] = this.unitsAt(0, 0), [right, bottom] = this.unitsAt(this.width, this.height);
    return { left, top, right, bottom };
  }

  /** The painted level that is shown, never enlarged unless it is the last. */
  get level() {
    const level = Math.ceil(Math.log2(this.zoom) - 1e-6);
    return Math.min(this.arrangement.levels, Math.max(0, level));
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    if (!this.arrangement || !this.width) return;
    const context = this.canvas.getContext("2d"), ratio = devicePixelRatio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const place = (x, y) => this.pixelsAt(x, y).map((pixel) => pixel * ratio);
    this.painter.draw(context, this.level, this.bounds, place);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawNames(context);
    if (this.lasso) this.drawLasso(context);
    if (this.element.matches(":focus-visible")) this.drawMark(context);
    if (this.painter.paintSome()) this.redraw();
  }

  drawNames(context) {
    const taken = [];
    for (const { x, y, name } of this.clusters) {
      const picture = this.nameAsPicture(name), [middle, line] = this.pixelsAt(x, y);
      const width = picture.width / devicePixelRatio, height = picture.height / devicePixelRatio;
      const [left, top] = [middle - width / 2, line - height / 2];
      if (left > this.width || left + width < 0 || top > this.height || top + height < 0) continue;
      if (taken.some((other) => Math.abs(other.middle - middle) < (other.width + width) / 2
        && Math.abs(other.line - line) < height)) continue;
      taken.push({ middle, line, width });
      context.drawImage(picture, left, top, width, height);
    }
  }

  /** Text with an outline takes long to draw, so it is drawn once. */
  nameAsPicture(name) {
    const made = this.pictures.get(name);
    if (made) return made;
    const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
    const font = `600 ${NAME_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
    context.font = font;
    canvas.width = Math.ceil((context.measureText(name).width + 2 * NAME_GAP) * devicePixelRatio);
    canvas.height = Math.ceil((NAME_SIZE + 2 * NAME_GAP) * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    Object.assign(context, { font, textBaseline: "middle", lineWidth: 4, lineJoin: "round",
      strokeStyle: "#000", fillStyle: "#fff" });
    const line = NAME_SIZE / 2 + NAME_GAP;
    context.strokeText(name, NAME_GAP, line);
    context.fillText(name, NAME_GAP, line);
    this.pictures.set(name, canvas);
    return canvas;
  }

  drawLasso(context) {
    Object.assign(context, { lineWidth: 2, strokeStyle: "#e0762b", fillStyle: "#e0762b33" });
    context.beginPath();
    for (const [x, y] of this.lasso) context.lineTo(x, y);
    context.closePath();
    context.fill();
    context.stroke();
  }

  /** Where the keyboard points. */
  drawMark(context) {
    const number = this.numberAt(this.width / 2, this.height / 2, true);
    const [x, y] = this.pixelsAt(this.arrangement.x[number], this.arrangement.y[number]);
    const side = this.shownSide + 8;
    for (const [width, colour] of [[5, "#000"], [3, "#ffb35c"]]) {
      Object.assign(context, { lineWidth: width, strokeStyle: colour });
      context.strokeRect(x - side / 2, y - side / 2, side, side);
    }
  }

  /** CSS pixels of a picture's longer side as it is in view. */
  get shownSide() {
    return this.painter.side(this.level) * this.zoom / 2 ** this.level;
  }

  /** The topmost point at a CSS pixel, or -1; or else the nearest there is. */
  numberAt(x, y, orNearest = false) {
    const { arrangement } = this, [across, down] = this.unitsAt(x, y);
    const reach = this.shownSide / 2 / (this.scale * this.zoom);
    const there = arrangement.within(across - reach, down - reach, across + reach, down + reach);
    if (!orNearest) return there.at(-1) ?? -1;
    const candidates = there.length ? there : arrangement.x.keys();
    let best = -1, least = Infinity;
    for (const number of candidates) {
      const distance = (arrangement.x[number] - across) ** 2 + (arrangement.y[number] - down) ** 2;
      if (distance < least) [best, least] = [number, distance];
    }
    return best;
  }

  press(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    const place = [event.offsetX, event.offsetY];
    this.pointers.set(event.pointerId, { place, start: place, moved: false });
    this.lasso = this.pointers.size === 1 && (this.isLassoing || event.shiftKey) ? [place] : null;
    this.point(null);
  }

  move(event) {
    const held = this.pointers.get(event.pointerId), place = [event.offsetX, event.offsetY];
    if (!held) {
      if (event.pointerType === "mouse") this.point(place);
      return;
    }
    const [x, y] = held.place;
    held.moved ||= Math.hypot(place[0] - held.start[0], place[1] - held.start[1]) > STILL;
    if (this.lasso) {
      this.lasso.push(place);
      this.redraw();
    } else if (this.pointers.size === 2) {
      const [other] = [...this.pointers.values()].filter((one) => one !== held);
      this.pinch([x, y], place, other.place);
    } else if (held.moved) {
      this.panBy(place[0] - x, place[1] - y);
    }
    held.place = place;
  }

  /** One of two fingers moves, the other stays. */
  pinch(before, after, still) {
    const distance = ([x, y]) => Math.max(1, Math.hypot(x - still[0], y - still[1]));
    const middle = (place) => [(place[0] + still[0]) / 2, (place[1] + still[1]) / 2];
    const [from, to] = [middle(before), middle(after)];
    this.panBy(to[0] - from[0], to[1] - from[1]);
    this.zoomBy(distance(after) / distance(before), ...to);
  }

  release(event) {
    const held = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (!held) return;
    if (this.lasso) this.endLasso();
    else if (event.type === "pointerup" && !held.moved && this.pointers.size === 0) {
      const number = this.numberAt(...held.place);
      if (number >= 0) this.open(number);
    }
  }

  endLasso() {
    const polygon = this.lasso.map((place) => this.unitsAt(...place));
    this.lasso = null;
    this.redraw();
    if (polygon.length < 3) return;
    const { x, y } = this.arrangement;
    const [xs, ys] = [polygon.map((corner) => corner[0]), polygon.map((corner) => corner[1])];
    const inside = this.arrangement
      .within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys))
      .filter((number) => isInside(x[number], y[number], polygon));
    this.dispatchEvent(new CustomEvent("lasso", { detail: inside }));
  }

  turn(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? LINE_HEIGHT : 1);
    this.zoomBy(2 ** (-pixels * WHEEL * (event.ctrlKey ? 4 : 1)), event.offsetX, event.offsetY);
  }

  type(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [across, down] = [STEP * this.width, STEP * this.height];
    const action = {
      ArrowLeft: () => this.panBy(across, 0),
      ArrowRight: () => this.panBy(-across, 0),
      ArrowUp: () => this.panBy(0, down),
      ArrowDown: () => this.panBy(0, -down),
      "+": () => this.zoomBy(ZOOM),
      "=": () => this.zoomBy(ZOOM), // without Shift on many keyboards
      "-": () => this.zoomBy(1 / ZOOM),
      0: () => this.fit(),
      Enter: () => this.open(this.numberAt(this.width / 2, this.height / 2, true)),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  open(number) {
    this.dispatchEvent(new CustomEvent("open", { detail: number }));
  }

  /** Shows the name of what the mouse is over. */
  point(place) {
    const number = place && this.arrangement ? this.numberAt(...place) : -1;
    this.tip.hidden = number < 0;
    this.element.classList.toggle("over", number >= 0);
    if (number < 0) return;
    this.tip.textContent = this.names[number];
    const left = Math.min(place[0] + 14, this.width - this.tip.offsetWidth - 4);
    this.tip.style.left = `${Math.max(0, left)}px`;
    this.tip.style.top = `${Math.min(place[1] + 18, this.height - this.tip.offsetHeight - 4)}px`;
  }
}

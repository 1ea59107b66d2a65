"use strict";
// Comments over the picture: at time t one is at x - speed * (t - start), as in the video.

const MARKS = { generated: "#ffaa3c", viewer: "#ffffff", owner: "#ffffff" }; // style.py has them
const NOBODY = [];
const CROWD = 40; // on screen; more are moved by whole pixels, which is faster
const SPRITES_AGE = 120; // pictures that a sprite is kept unused
const MOST_PIXELS = 3840 * 2160;

class Overlay {
  constructor(canvas, report, choice) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.comments = report.comments;
    this.stage = report.stage;
    this.choice = choice;
    this.scale = 1; // device pixels a stage pixel
    this.selected = -1;
    this.onScreen = 0;
    this.buckets = secondsOf(report);
    this.sprites = new Map();
    this.pictures = 0;
    this.clear = true;
    choice.addEventListener("change", () => this.sprites.clear());
  }

  /** Fits the canvas to its place on the page, in CSS pixels. */
  resize(width, height) {
    const most = Math.sqrt(MOST_PIXELS / Math.max(1, width * height));
    const ratio = Math.min(devicePixelRatio || 1, most);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (across === this.canvas.width && down === this.canvas.height) return;
    this.canvas.width = across;
    this.canvas.height = down;
    this.scale = across / this.stage[0];
    this.sprites.clear();
  }

  /** Draws the comments that are on screen at a time, in seconds. */
  draw(time) {
    const { canvas, context } = this;
    if (!this.clear) context.clearRect(0, 0, canvas.width, canvas.height);
    this.pictures += 1;
    const bucket = this.buckets[Math.floor(time)] ?? NOBODY;
    const whole = this.onScreen > CROWD;
    this.onScreen = 0;
    let onTop = -1;
    for (let n = 0; n < bucket.length; n += 1) {
      const { kind, shown } = this.comments[bucket[n]];
      if (time < shown.start || time >= shown.end || !this.choice.shows(kind)) continue;
      this.onScreen += 1;
      if (bucket[n] === this.selected) onTop = this.selected;
      else this.paint(bucket[n], time, whole);
    }
    if (onTop >= 0) this.paint(onTop, time, whole);
    this.clear = this.onScreen === 0;
    if (this.pictures % SPRITES_AGE === 0) this.forget();
  }

  paint(index, time, whole) {
    const { context, scale } = this, comment = this.comments[index], shown = comment.shown;
    const left = (shown.x - shown.speed * (time - shown.start)) * scale;
    const x = whole ? Math.round(left) : left, y = Math.round(shown.y * scale);
    const colour = this.choice.coloured ? MARKS[comment.kind] : shown.color.toLowerCase();
    let sprite = this.sprites.get(index);
    if (sprite === undefined) {
      sprite = spriteOf(shown, colour, scale);
      this.sprites.set(index, sprite);
    }
    context.globalAlpha = shown.opacity;
    if (sprite) {
      sprite.used = this.pictures;
      context.drawImage(sprite.image, x - sprite.margin, y - sprite.margin);
    } else {
      paintText(context, shown, colour, scale, x, y);
    }
    if (index === this.selected) {
      context.globalAlpha = 1;
      context.strokeStyle = "#ffe14d";
      context.lineWidth = Math.max(2, 4 * scale);
      context.strokeRect(x, y, shown.width * scale, shown.height * scale);
    }
  }

  forget() {
    for (const [index, sprite] of this.sprites) {
      if (!sprite || sprite.used <= this.pictures - SPRITES_AGE) this.sprites.delete(index);
    }
  }

  /** The topmost comment at a point of the stage, or the nearest within reach; else -1. */
  at(x, y, time, reach) {
    const bucket = this.buckets[Math.floor(time)] ?? NOBODY;
    let nearest = -1, least = reach;
    for (let n = bucket.length - 1; n >= 0; n -= 1) {
      const { kind, shown } = this.comments[bucket[n]];
      if (time < shown.start || time >= shown.end || !this.choice.shows(kind)) continue;
      const left = shown.x - shown.speed * (time - shown.start);
      const beside = Math.max(left - x, x - left - shown.width, 0);
      const above = Math.max(shown.y - y, y - shown.y - shown.height, 0);
      const away = Math.hypot(beside, above);
      if (away === 0) return bucket[n];
      if (away <= least) [nearest, least] = [bucket[n], away];
    }
    return nearest;
  }
}

/** For every second the comments that are on screen in it, in the order in which they are drawn. */
function secondsOf({ comments, seconds }) {
  const buckets = Array.from({ length: Math.ceil(seconds) + 1 }, () => []);
  const add = (index, { start, end }) => {
    const last = Math.min(buckets.length - 1, Math.ceil(end) - 1);
    for (let second = Math.max(0, Math.floor(start)); second <= last; second += 1) {
      buckets[second].push(index);
    }
  };
  comments.forEach(({ kind, shown }, n) => shown && kind !== "owner" && add(n, shown));
  comments.forEach(({ kind, shown }, n) => shown && kind === "owner" && add(n, shown));
  return buckets;
}

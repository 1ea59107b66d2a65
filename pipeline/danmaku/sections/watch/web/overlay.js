"use strict";
// Comments over the picture: at time t one is at x - speed * (t - start), as in the video.

const MARKS = { generated: "#ffaa3c", viewer: "#ffffff", owner: "#ffffff" }; // as in drawing/style.py
const NO_COMMENTS = [];
const MANY_ON_SCREEN = 40; // comments; more than these move by whole pixels, which is faster
const MAX_SPRITE_AGE = 120; // pictures for which an unused sprite is kept
const MAX_PIXELS = 3840 * 2160;

class Overlay {
  constructor(canvas, report, choice) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.comments = report.comments;
    this.stage = report.stage;
    this.choice = choice;
    this.scale = 1; // device pixels per stage pixel
    this.selected = -1;
    this.onScreen = 0;
    this.seconds = commentsBySecond(report);
    this.sprites = new Map();
    this.pictures = 0;
    this.clear = true;
    choice.addEventListener("change", () => this.sprites.clear());
  }

  /** Fits the canvas to its place on the page, in CSS pixels. */
  resize(width, height) {
    const maxRatio = Math.sqrt(MAX_PIXELS / Math.max(1, width * height));
    const ratio = Math.min(devicePixelRatio || 1, maxRatio);
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
    const bucket = this.seconds[Math.floor(time)] ?? NO_COMMENTS;
    const whole = this.onScreen > MANY_ON_SCREEN;
    this.onScreen = 0;
    let onTop = -1;
    for (let n = 0; n < bucket.length; n += 1) {
      const { drawn } = this.comments[bucket[n]];
      if (time < drawn.start || time >= drawn.end || !this.choice.draws(bucket[n])) continue;
      this.onScreen += 1;
      if (bucket[n] === this.selected) onTop = this.selected;
      else this.paint(bucket[n], time, whole);
    }
    if (onTop >= 0) this.paint(onTop, time, whole);
    this.clear = this.onScreen === 0;
    if (this.pictures % MAX_SPRITE_AGE === 0) this.dropOldSprites();
  }

  paint(index, time, whole) {
    const { context, choice } = this, comment = this.comments[index], drawn = comment.drawn;
    const scale = this.scale * choice.size, margin = (this.scale - scale) / 2; // around its middle
    const left = drawn.x - drawn.speed * (time - drawn.start);
    const across = left * this.scale + drawn.width * margin;
    const x = whole ? Math.round(across) : across;
    const y = Math.round(drawn.y * this.scale + drawn.height * margin);
    const colour = choice.coloured ? MARKS[comment.kind] : drawn.color.toLowerCase();
    let sprite = this.sprites.get(index);
    if (sprite === undefined) {
      sprite = spriteOf(drawn, colour, scale);
      this.sprites.set(index, sprite);
    }
    context.globalAlpha = drawn.opacity * choice.opacity;
    if (sprite) {
      sprite.used = this.pictures;
      context.drawImage(sprite.image, x - sprite.margin, y - sprite.margin);
    } else {
      paintText(context, drawn, colour, scale, x, y);
    }
    if (index === this.selected) {
      context.globalAlpha = 1;
      context.strokeStyle = "#ffe14d";
      context.lineWidth = Math.max(2, 4 * scale);
      context.strokeRect(x, y, drawn.width * scale, drawn.height * scale);
    }
  }

  dropOldSprites() {
    for (const [index, sprite] of this.sprites) {
      if (!sprite || sprite.used <= this.pictures - MAX_SPRITE_AGE) this.sprites.delete(index);
    }
  }

  /** The topmost comment at a point of the stage, else the nearest within reach, else -1. */
  at(x, y, time, reach) {
    const bucket = this.seconds[Math.floor(time)] ?? NO_COMMENTS;
    let nearest = -1, minDistance = reach;
    for (let n = bucket.length - 1; n >= 0; n -= 1) {
      const { drawn } = this.comments[bucket[n]];
      if (time < drawn.start || time >= drawn.end || !this.choice.draws(bucket[n])) continue;
      const left = drawn.x - drawn.speed * (time - drawn.start);
      const beside = Math.max(left - x, x - left - drawn.width, 0);
      const above = Math.max(drawn.y - y, y - drawn.y - drawn.height, 0);
      const distance = Math.hypot(beside, above);
      if (distance === 0) return bucket[n];
      if (distance <= minDistance) [nearest, minDistance] = [bucket[n], distance];
    }
    return nearest;
  }
}

/** For every second, the comments on screen during it, in drawing order: the owner's on top. */
function commentsBySecond({ comments, seconds }) {
  const buckets = Array.from({ length: Math.ceil(seconds) + 1 }, () => []);
  const add = (index, { start, end }) => {
    const last = Math.min(buckets.length - 1, Math.ceil(end) - 1);
    for (let second = Math.max(0, Math.floor(start)); second <= last; second += 1) {
      buckets[second].push(index);
    }
  };
  comments.forEach(({ kind, drawn }, n) => drawn && kind !== "owner" && add(n, drawn));
  comments.forEach(({ kind, drawn }, n) => drawn && kind === "owner" && add(n, drawn));
  return buckets;
}

"use strict";
// Where the points of the map are, in either arrangement: from -1 to 1 along the longer side.

const BUCKETS = 64; // along a side, for finding points by their places
const PICTURE_AT_MOST = 144; // CSS pixels of a picture's longer side where the map is largest
const PICTURE_AT_LEAST = 4;
const LONE_PICTURE = 96; // of few pictures, where all are in view
const COVERED = 1.5; // of the view, by pictures if none overlapped
const LAST_LEVELS = 2; // at which only distances grow
const FILLED = 0.92; // of a cell of the grid, along a side

/** One arrangement of all points. Level 0 shows all of them; each level doubles their distances. */
class Arrangement {
  constructor(x, y, isGrid, columns) {
    this.x = x;
    this.y = y;
    this.pitch = isGrid ? 2 / columns : 0; // distance of two cells; 0 where places are free
    const spread = Math.ceil(Math.log2(Math.sqrt(x.length)));
    this.levels = Math.max(3, isGrid ? spread : spread + 1); // number of the last one
    this.buckets = Array.from({ length: BUCKETS ** 2 }, () => []);
    x.forEach((_, number) => this.buckets[this.bucket(x[number], y[number])].push(number));
  }

  static free({ x, y }) {
    return new Arrangement(Float32Array.from(x), Float32Array.from(y), false);
  }

  static grid({ column, row }) {
    const columns = Math.max(...column) + 1, rows = Math.max(...row) + 1;
    const place = (cell, cells) => (2 * cell + 1 - cells) / columns;
    const x = Float32Array.from(column, (cell) => place(cell, columns));
    return new Arrangement(x, Float32Array.from(row, (cell) => place(cell, rows)), true, columns);
  }

  /** CSS pixels of a picture's longer side at a level, where level 0 has `scale` per unit. */
  side(level, scale) {
    if (this.pitch) return FILLED * this.pitch * scale * 2 ** level;
    const even = 2 * scale * Math.sqrt(COVERED / this.x.length);
    const least = Math.min(LONE_PICTURE, Math.max(PICTURE_AT_LEAST, even));
    // It grows more slowly than distances do, so that what overlaps comes apart.
    return least * (PICTURE_AT_MOST / least) ** Math.min(1, level / (this.levels - LAST_LEVELS));
  }

  /** The points in a rectangle, as they are numbered. */
  within(left, top, right, bottom) {
    const found = [];
    const [firstColumn, lastColumn] = [bucketOf(left), bucketOf(right)];
    for (let row = bucketOf(top); row <= bucketOf(bottom); row += 1) {
      for (let column = firstColumn; column <= lastColumn; column += 1) {
        for (const number of this.buckets[row * BUCKETS + column]) {
          const x = this.x[number], y = this.y[number];
          if (x >= left && x <= right && y >= top && y <= bottom) found.push(number);
        }
      }
    }
    return found.sort((one, other) => one - other);
  }

  bucket(x, y) {
    return bucketOf(y) * BUCKETS + bucketOf(x);
  }
}

function bucketOf(coordinate) {
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor((coordinate + 1) / 2 * BUCKETS)));
}

/** Whether a point is inside a polygon of [x, y], by the crossings of a ray. */
function isInside(x, y, polygon) {
  let inside = false;
  polygon.forEach(([x1, y1], n) => {
    const [x2, y2] = polygon[(n + 1) % polygon.length];
    if (y1 > y !== y2 > y && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

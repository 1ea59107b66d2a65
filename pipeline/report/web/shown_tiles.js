"use strict";
// Which tiles are shown, and in which order.

/** Fires "change" when other tiles are shown or their order is another. */
class ShownTiles extends EventTarget {
  constructor(tiles) {
    super();
    this.tiles = tiles;
    this.choice = null; // the filter and order that are chosen
    this.among = null; // a set of the only numbers that may be shown; null for all
    this.sort = -1; // number of the fact to sort by; -1 keeps the order of the tiles
    this.numbers = [...tiles.keys()]; // of the tiles that are shown, in order
    this.flags = tiles.map(({ flags = [], lines = [] }) =>
      new Set([...flags, ...lines.flatMap((line) => line.flags ?? [])]));
  }

  /** Where in the order a tile is; -1 if it is not shown. */
  placeOf(number) {
    this.places ??= new Map(this.numbers.map((shown, place) => [shown, place]));
    return this.places.get(number) ?? -1;
  }

  /** Shows the tiles that a filter leaves, sorted by a fact or, for -1, in their own order. */
  choose(choice) {
    const { sort, descending, ...filter } = choice;
    this.choice = choice;
    this.numbers = [...(this.among ?? this.tiles.keys())].filter(this.condition(filter));
    this.places = null;
    this.sort = sort;
    if (sort >= 0) this.sortNumbers(descending ? -1 : 1);
    this.dispatchEvent(new Event("change"));
  }

  /** Shows, of those that the filter leaves, only some; null ends that. */
  restrict(among) {
    this.among = among && new Set([...among].sort((one, other) => one - other));
    this.choose(this.choice);
  }

  /** Whether a tile contains a text, has a flag, and a fact from low to high; "" asks for nothing. */
  condition({ text, flag, fact, low, high }) {
    const query = folded(text.trim());
    if (query) this.texts ??= this.tiles.map(textOf);
    const isBounded = low > -Infinity || high < Infinity;
    const isWithin = (value) => value != null && value >= low && value <= high;
    return (number) => (!query || this.texts[number].includes(query))
      && (!flag || this.flags[number].has(flag))
      && (!isBounded || isWithin(this.tiles[number].facts?.[fact]));
  }

  /** Sorts by the fact; tiles without it are last in either direction. */
  sortNumbers(sign) {
    const value = (number) => this.tiles[number].facts?.[this.sort] ?? null;
    this.numbers.sort((a, b) => {
      const [one, other] = [value(a), value(b)];
      if (one === null || other === null) return (one === null) - (other === null);
      return sign * (one - other);
    });
  }
}

/** All that can be searched for in a tile. */
function textOf({ name, tags = [], lines = [] }) {
  const texts = lines.filter(({ aside }) => !aside).map(({ text }) => text);
  return folded([name, ...tags, ...texts].join("\n"));
}

"use strict";
// Ties the grid's parts together, and what is above it: filters, order, count and the saved lists.

class GridControls {
  constructor(section, grid, shown) {
    this.section = section;
    this.facts = grid.facts ?? [];
    this.scores = grid.scores ?? [];
    this.tiles = grid.tiles;
    this.shown = shown;
    this.form = byId("grid-controls");
    this.form.addEventListener("input", () => this.choose());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => this.choose())); // after it happened
    byId("grid-csv").addEventListener("click", () => this.saveCsv());
    byId("grid-json").addEventListener("click", () => this.saveJson());
    this.shown.addEventListener("change", () => this.tell());
    document.addEventListener("languagechange", () => this.tell());
    this.choose();
  }

  choose() {
    const { text, flag, sort, order, fact, low, high } = this.form.elements;
    const number = (input, empty) => Number.isNaN(input.valueAsNumber) ? empty : input.valueAsNumber;
    this.shown.choose({
      text: text.value,
      flag: flag.value,
      sort: Number(sort.value),
      descending: order.value === "descending",
      fact: Number(fact.value),
      low: number(low, -Infinity),
      high: number(high, Infinity),
    });
    order.disabled = sort.value === "-1";
  }

  tell() {
    const count = this.shown.numbers.length, all = this.tiles.length;
    const values = { n: numberText(count), all: numberText(all) };
    setPhrase(byId("grid-count"), count < all ? "grid.count_of" : "grid.count", values);
    byId("grid-empty").hidden = count > 0;
    for (const id of ["grid-csv", "grid-json"]) byId(id).disabled = count === 0;
  }

  /** Downloads names and facts of the tiles that are shown, in their order. */
  saveCsv() {
    const names = this.facts.map(({ name }) => phrase(`${this.section}.${name}`));
    const rows = this.shown.numbers.map((number) => {
      const { name, facts = [] } = this.tiles[number];
      return [name, ...this.facts.map((_, n) => facts[n] ?? "")];
    });
    saveTable(`${this.section}.csv`, [[phrase("grid.name"), ...names], ...rows]);
  }

  /** Downloads these tiles with all that is known of them; facts and scores have names. */
  saveJson() {
    const named = (columns, values = []) =>
      Object.fromEntries(columns.map(({ name }, n) => [name, values[n] ?? null]));
    const tiles = this.shown.numbers.map((number) => {
      const { name, facts, lines = [], flags = [], tags = [] } = this.tiles[number];
      const texts = lines.map(({ text, scores, flags: own = [] }) =>
        ({ text, ...named(this.scores, scores), flags: own }));
      return { name, ...named(this.facts, facts), lines: texts, flags, tags };
    });
    saveJson(`${this.section}.json`, tiles);
  }
}

/** The grid of the page, for scripts that add to it. */
const pictureGrid = (() => {
  const { section } = byId("picture-grid").dataset;
  const grid = JSON.parse(byId(`${section}-data`).textContent);
  const sheets = new TileSheets(grid.sheets);
  const shown = new ShownTiles(grid.tiles);
  const controls = new GridControls(section, grid, shown);
  const list = new TileList(grid, shown, sheets);
  const opened = new OpenedTile(section, grid, shown, sheets);
  list.addEventListener("open", ({ detail }) => opened.open(detail));
  opened.addEventListener("close", ({ detail }) => list.focus(detail));
  return { grid, shown, list, controls, opened };
})();

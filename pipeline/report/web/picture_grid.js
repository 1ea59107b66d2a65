"use strict";
// Ties the grid's parts together, and what is above it: filters, order, count and the saved list.

class GridControls {
  constructor(section, grid, shown) {
    this.section = section;
    this.facts = grid.facts ?? [];
    this.tiles = grid.tiles;
    this.shown = shown;
    this.form = byId("grid-controls");
    this.form.addEventListener("input", () => this.choose());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => this.choose())); // after it happened
    byId("grid-save").addEventListener("click", () => this.save());
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
    byId("grid-save").disabled = count === 0;
  }

  /** Downloads names and facts of the tiles that are shown, in their order. */
  save() {
    const names = this.facts.map(({ name }) => phrase(`${this.section}.${name}`));
    const rows = [[phrase("grid.name"), ...names]];
    for (const number of this.shown.numbers) {
      const { name, facts = [] } = this.tiles[number];
      rows.push([name, ...this.facts.map((_, n) => facts[n] ?? "")]);
    }
    const lines = rows.map((row) => row.map(csvCell).join(","));
    saveFile(`${this.section}.csv`, "text/csv", `\ufeff${lines.join("\r\n")}\r\n`);
  }
}

/** Downloads a text as a file. */
function saveFile(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** A cell of a CSV file (RFC 4180). */
function csvCell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
  return { grid, shown, controls, opened };
})();

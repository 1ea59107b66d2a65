"use strict";
// Shows the pictures with one tag: the grid's first fact is then the probability of that tag.

class TagChoice {
  constructor({ grid, shown, controls }) {
    this.tiles = grid.tiles;
    this.shown = shown;
    this.controls = controls;
    this.form = byId("tag-choice");
    this.most = this.tiles.map(({ facts }) => facts[0]); // of the most probable tag of each
    this.form.addEventListener("input", () => this.choose());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    controls.form.addEventListener("reset", () => {
      this.form.reset();
      this.choose();
    });
    document.addEventListener("click", ({ target }) => {
      const link = target.closest?.("[data-tag]");
      if (!link) return;
      this.form.elements.tag.value = link.dataset.tag;
      this.choose();
    });
  }

  choose() {
    const { tag, below } = this.form.elements;
    const lines = this.tiles.map(({ lines = [] }) => tag.value
      ? lines.find(({ text, flags }) =>
        text === tag.value && (below.checked || !flags.includes("below")))
      : null);
    this.tiles.forEach(({ facts }, n) => {
      facts[0] = tag.value ? lines[n]?.scores[0] ?? null : this.most[n];
    });
    const { sort, order } = this.controls.form.elements;
    sort.value = tag.value ? "0" : "-1";
    order.value = "descending";
    this.shown.among = tag.value ? new Set(this.tiles.keys().filter((n) => lines[n])) : null;
    this.controls.choose();
  }
}

new TagChoice(pictureGrid);

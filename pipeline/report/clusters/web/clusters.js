"use strict";
// What shall be learned from: decided for clusters, for the pictures that are shown, and for one.

class Decisions {
  constructor({ names, cluster, dropped, tiles }, { grid, shown, controls, opened }) {
    Object.assign(this, { names, cluster, grid, shown, controls, opened });
    this.placeOfTile = tiles;
    this.tileOfPlace = new Map(tiles.map((place, tile) => [place, tile]));
    this.dropped = new Set(dropped);
    this.decided = new Set(); // places of what was decided on this page
    this.boxes = [...document.querySelectorAll("[data-cluster]")];
    this.ofOpened = this.newButton();
    this.wire();
    this.tell();
  }

  wire() {
    for (const box of this.boxes) {
      box.addEventListener("change", () => this.decide(this.placesOf(box), box.checked));
    }
    for (const button of document.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => this.showCluster(button.dataset.show));
    }
    const places = () => this.shown.numbers.map((tile) => this.placeOfTile[tile]);
    byId("drop-shown").addEventListener("click", () => this.decide(places(), true));
    byId("keep-shown").addEventListener("click", () => this.decide(places(), false));
    byId("save-labels").addEventListener("click", () => this.save());
    this.ofOpened.addEventListener("click", () => this.decideOpened());
    byId("opened").addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey }) => {
      if (key.toLowerCase() === "d" && !ctrlKey && !altKey && !metaKey) this.decideOpened();
    });
    addEventListener("hashchange", () => this.tellOpened());
    document.addEventListener("languagechange", () => this.tell());
  }

  /** A button in the dialog of one picture, for that picture. */
  newButton() {
    const button = phraseElement("button", "pictures.drop_one");
    button.type = "button";
    button.id = "drop-opened";
    button.setAttribute("aria-keyshortcuts", "d");
    byId("opened-before").before(button);
    return button;
  }

  placesOf(box) {
    const number = Number(box.dataset.cluster);
    return [...this.names.keys()].filter((place) => this.cluster[place] === number);
  }

  /** Narrows the grid down to a cluster. */
  showCluster(number) {
    const { fact, low, high } = this.controls.form.elements;
    fact.value = "0";
    low.value = high.value = number;
    this.controls.choose();
    byId("pictures").scrollIntoView();
  }

  decideOpened() {
    const place = this.placeOfTile[this.opened.number];
    if (place !== undefined) this.decide([place], !this.dropped.has(place));
  }

  decide(places, isDropped) {
    for (const place of places) {
      if (isDropped) this.dropped.add(place);
      else this.dropped.delete(place);
      this.decided.add(place);
      this.mark(this.tileOfPlace.get(place), isDropped);
    }
    this.tell();
  }

  /** Lets a tile be found, and the dialog say, that it is dropped. */
  mark(number, isDropped) {
    if (number === undefined) return;
    const tile = this.grid.tiles[number], rest = (tile.flags ?? []).filter((flag) => flag !== "dropped");
    tile.flags = isDropped ? ["dropped", ...rest] : rest;
    if (isDropped) this.shown.flags[number].add("dropped");
    else this.shown.flags[number].delete("dropped");
  }

  tell() {
    for (const box of this.boxes) {
      const places = this.placesOf(box);
      const count = places.filter((place) => this.dropped.has(place)).length;
      box.checked = count === places.length;
      box.indeterminate = count > 0 && count < places.length;
      box.closest("figure").classList.toggle("dropped", box.checked);
    }
    const values = {
      n: numberText(this.dropped.size),
      all: numberText(this.names.length),
      decided: numberText(this.decided.size),
    };
    setPhrase(byId("decided"), "pictures.decided", values);
    byId("save-labels").disabled = this.decided.size === 0;
    this.tellOpened();
  }

  tellOpened() {
    const { number } = this.opened;
    const isDropped = this.dropped.has(this.placeOfTile[number]);
    setPhrase(this.ofOpened, isDropped ? "pictures.keep_one" : "pictures.drop_one");
    if (number >= 0) {
      const { flags = [] } = this.grid.tiles[number];
      byId("opened-flags").replaceChildren(...this.opened.flagMarks(flags));
    }
  }

  /** Downloads a label for each picture that was decided. */
  save() {
    const lines = [...this.decided].sort((one, other) => one - other).map((place) =>
      JSON.stringify({
        picture: this.names[place],
        kind: "keep",
        value: this.dropped.has(place) ? "drop" : "keep",
      }));
    saveFile("labels.jsonl", "application/jsonl", `${lines.join("\n")}\n`);
  }
}

const decisions = new Decisions(JSON.parse(byId("clusters-data").textContent), pictureGrid);

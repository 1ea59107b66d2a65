"use strict";
// One picture in a dialog, with all that is known about it. The address says which: "#p12".

const MAX_NEAR_LINES = 6; // of a similar picture that are listed

/** Fires "fill" when a tile is shown, and "close" with the number of the one that was open. */
class OpenedTile extends EventTarget {
  constructor(section, grid, shown, sheets) {
    super();
    this.section = section;
    this.grid = grid;
    this.tiles = [...grid.tiles, ...(grid.others ?? [])];
    this.shown = shown;
    this.sheets = sheets;
    this.dialog = byId("opened");
    this.image = byId("opened-image");
    this.number = -1;
    this.wasEntered = false; // whether closing goes back to an address before
    this.wire();
    this.readAddress();
  }

  wire() {
    byId("opened-close").addEventListener("click", () => this.dialog.close());
    byId("opened-before").addEventListener("click", () => this.step(-1));
    byId("opened-after").addEventListener("click", () => this.step(1));
    this.image.addEventListener("load", () => { this.image.hidden = false; });
    this.dialog.addEventListener("close", () => this.leave());
    this.dialog.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      if (event.target.closest(".wide")) return; // which the arrows scroll
      event.preventDefault();
      this.step(by);
    });
    byId("opened-near").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) location.replace(`#p${button.dataset.number}`);
    });
    addEventListener("hashchange", () => this.readAddress());
    document.addEventListener("languagechange", () => this.number >= 0 && this.fill());
  }

  /** Opens a tile; the browser's back button closes it. */
  open(number) {
    this.wasEntered = true;
    location.hash = `#p${number}`;
    this.readAddress();
  }

  step(by) {
    const place = this.shown.placeOf(this.number);
    const to = place < 0 ? undefined : this.shown.numbers[place + by];
    if (to !== undefined) location.replace(`#p${to}`);
  }

  readAddress() {
    const number = numberInAddress();
    if (number === this.number) return;
    if (this.tiles[number]) {
      this.number = number;
      this.fill();
      if (!this.dialog.open) this.dialog.showModal();
      byId("opened-parts").scrollTop = 0;
    } else if (this.dialog.open) {
      this.wasEntered = false;
      this.dialog.close();
    }
  }

  /** Takes the number out of the address, after the dialog was closed. */
  leave() {
    const { number, wasEntered } = this;
    this.number = -1;
    this.wasEntered = false;
    this.image.removeAttribute("src");
    if (numberInAddress() >= 0) {
      if (wasEntered) history.back();
      else forgetNumber();
    }
    this.dispatchEvent(new CustomEvent("close", { detail: number }));
  }

  fill() {
    const { section } = this, { facts: columns = [] } = this.grid;
    const { name, source, evidence, facts = [], lines = [], flags = [], tags = [], near = [] }
      = this.tiles[this.number];
    byId("opened-name").textContent = name;
    this.fillPlace();
    this.fillPicture(name, source);
    byId("opened-lines").parentElement.hidden = lines.length === 0;
    byId("opened-lines").tBodies[0].replaceChildren(...lines.map((line) => this.lineRow(line)));
    byId("opened-flags").replaceChildren(...this.flagMarks(flags));
    byId("opened-facts").replaceChildren(...facts.map((value, n) => {
      const row = document.createElement("div");
      row.append(phraseElement("dt", `${section}.${columns[n].name}`),
        textElement("dd", figureText(value, columns[n])));
      return row;
    }));
    byId("opened-tags").textContent = tags.join(" · ");
    byId("opened-evidence").hidden = !evidence;
    if (evidence) byId("opened-evidence").querySelector("img").src = evidence;
    byId("opened-near").hidden = near.length === 0;
    byId("opened-near").lastElementChild.replaceChildren(
      ...near.map(([number, similarity]) => this.nearFigure(number, similarity)));
    this.dispatchEvent(new Event("fill"));
  }

  fillPlace() {
    const place = this.shown.placeOf(this.number), all = this.shown.numbers.length;
    byId("opened-place").hidden = place < 0;
    const fact = this.grid.facts?.[this.shown.sort]?.name;
    const values = {
      n: numberText(place + 1),
      all: numberText(all),
      fact: fact ? phrase(`${this.section}.${fact}`) : "",
    };
    setPhrase(byId("opened-place"), fact ? "grid.place_by" : "grid.place", values);
    byId("opened-before").disabled = place <= 0;
    byId("opened-after").disabled = place < 0 || place === all - 1;
  }

  /** Shows the tile, and the original over it as soon as that has come. */
  fillPicture(name, source) {
    const box = byId("opened-picture");
    box.setAttribute("aria-label", name);
    box.replaceChildren(this.sheets.canvas(this.number), this.image);
    this.image.hidden = true;
    if (source) this.image.src = source;
    else this.image.removeAttribute("src");
  }

  lineRow({ text, scores = [], flags = [] }) {
    const row = document.createElement("tr"), said = document.createElement("td");
    said.append(textElement("bdi", text), " ", ...this.flagMarks(flags));
    row.append(said);
    (this.grid.scores ?? []).forEach((column, n) => {
      const cell = textElement("td", figureText(scores[n], column));
      cell.className = "n";
      row.append(cell);
    });
    return row;
  }

  flagMarks(flags) {
    return flags.map((flag) => {
      const mark = phraseElement("span", `${this.section}.${flag}`);
      mark.className = "flag";
      return mark;
    });
  }

  nearFigure(number, similarity) {
    const { name, lines: all = [] } = this.tiles[number], lines = all.filter(({ aside }) => !aside);
    const figure = document.createElement("figure"), button = document.createElement("button");
    button.type = "button";
    button.dataset.number = number;
    button.setAttribute("aria-label", name);
    button.append(this.sheets.canvas(number));
    const caption = document.createElement("figcaption");
    const similar = { n: numberText(100 * similarity) };
    caption.append(textElement("bdi", name), " · ", phraseElement("span", "grid.similar", similar));
    const list = document.createElement("ul");
    for (const { text } of lines.slice(0, MAX_NEAR_LINES)) {
      const item = document.createElement("li");
      item.append(textElement("bdi", text));
      list.append(item);
    }
    const rest = lines.length - MAX_NEAR_LINES;
    if (rest > 0) list.append(phraseElement("li", "grid.more", { n: numberText(rest) }));
    figure.append(button, caption, list);
    return figure;
  }
}

/** A number of a column as text; an absent one is a dash. */
function figureText(value, { digits }) {
  return value == null ? "–" : numberText(value, digits);
}

/** Makes the address that of the page alone. */
function forgetNumber() {
  try {
    history.replaceState(null, "", location.href.replace(/#.*$/, ""));
  } catch {
    // A page on disk may be denied that; the address stays as it is.
  }
}

/** The number of the tile that the address names, or -1. */
function numberInAddress() {
  return Number(/^#p(\d+)$/.exec(location.hash)?.[1] ?? -1);
}

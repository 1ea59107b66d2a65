"use strict";
// What each model wrote of the same seconds: found, sorted, shown some at a time, and saved.

const SECONDS_AT_ONCE = 40;

class Seconds {
  constructor({ models, sheets, seconds }) {
    this.models = models;
    this.tiles = new TileSheets(sheets);
    this.all = seconds.map((second, place) => ({ ...second, place, text: searched(second) }));
    this.form = byId("seconds-controls");
    [this.body] = byId("seconds-table").tBodies;
    this.form.addEventListener("input", () => this.choose());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    byId("seconds-more").addEventListener("click", () => this.more());
    byId("seconds-csv").addEventListener("click", () => this.saveCsv());
    byId("seconds-json").addEventListener("click", () => this.saveJson());
    document.addEventListener("languagechange", () => this.choose());
    this.choose();
  }

  choose() {
    const { text, show, sort, percent } = this.form.elements;
    const words = folded(text.value).split(/\s+/).filter(Boolean);
    const kept = this.all.filter((second) =>
      words.every((word) => second.text.includes(word)) && isShown(second, show.value));
    const key = sort.value === "time" ? ({ place }) => place
      : sort.value === "spread" ? (second) => -spread(second)
      : ({ by }) => meanNats(by[Number(sort.value)]);
    this.shown = kept.sort((a, b) => key(a) - key(b) || a.place - b.place);
    this.body.replaceChildren();
    byId("seconds-table").classList.toggle("percent", percent.checked);
    const values = { n: numberText(kept.length), all: numberText(this.all.length) };
    setPhrase(byId("seconds-count"), "seconds.count", values);
    byId("seconds-none").hidden = kept.length > 0;
    this.more();
  }

  more() {
    const from = this.body.rows.length;
    const rows = this.shown.slice(from, from + SECONDS_AT_ONCE).map((second) => this.row(second));
    this.body.append(...rows);
    byId("seconds-more").hidden = this.body.rows.length >= this.shown.length;
  }

  row({ place, second, viewers, by }) {
    const row = document.createElement("tr");
    const picture = row.insertCell();
    picture.dataset.label = "";
    const canvas = this.tiles.canvas(place);
    canvas.setAttribute("aria-hidden", "true");
    picture.append(canvas);
    const time = textElement("th", clockText(second));
    time.scope = "row";
    row.append(time);
    by.forEach((written, model) => {
      const cell = row.insertCell();
      cell.dataset.label = this.models[model];
      if (written.length) cell.append(list(written.map(commentElement)));
    });
    const said = row.insertCell();
    said.dataset.label = phrase("seconds.viewers");
    if (viewers.length) said.append(list([...new Set(viewers)].map((text) => textElement("bdi", text))));
    return row;
  }

  /** Downloads the seconds that are shown, a comment a row. */
  saveCsv() {
    const rows = this.shown.flatMap(({ second, by }) =>
      by.flatMap((written, model) => written.map(({ text, nats, copied, words, probabilities }) =>
        [second, this.models[model], text, nats, copied ? 1 : 0,
          words.map((word, n) => `${word} ${probabilities[n]}`).join(" | ")])));
    saveTable("seconds.csv", [["second", "model", "comment", "nats a word", "copied", "probabilities"], ...rows]);
  }

  saveJson() {
    saveJson("seconds.json", this.shown.map(({ second, viewers, by }) =>
      ({ second, viewers, by: Object.fromEntries(by.map((some, n) => [this.models[n], some])) })));
  }
}

function list(elements) {
  const made = document.createElement("ul");
  for (const element of elements) {
    const item = document.createElement("li");
    item.append(element);
    made.append(item);
  }
  return made;
}

/** A comment, whose words are underlined the more the likelier they are. */
function commentElement({ words, probabilities, copied }) {
  const element = document.createElement("bdi");
  words.forEach((word, n) => {
    const mark = textElement("span", word);
    const percent = percentText(probabilities[n]);
    mark.className = "word";
    mark.title = percent;
    mark.style.borderBottomColor = `color-mix(in srgb, var(--accent) ${Math.round(100 * probabilities[n])}%, transparent)`;
    mark.append(textElement("small", percent));
    element.append(mark);
  });
  if (copied) {
    const mark = phraseElement("span", "seconds.copied");
    mark.className = "mark";
    element.append(mark);
  }
  return element;
}

function searched({ viewers, by }) {
  return folded([...viewers, ...by.flat().map(({ text }) => text)].join("\n"));
}

function isShown({ by }, show) {
  if (show === "every") return by.every((written) => written.length);
  return show === "all" || by.some((written) => written.some(({ copied }) => !copied));
}

/** Of the comments that a model wrote of a second; those of which there are none come last. */
function meanNats(written) {
  return written.length ? written.reduce((sum, { nats }) => sum + nats, 0) / written.length : 1e9;
}

/** How far models differ in how sure they are of their own comments. */
function spread({ by }) {
  const means = by.filter((written) => written.length).map(meanNats);
  return means.length > 1 ? Math.max(...means) - Math.min(...means) : 0;
}

new Seconds(JSON.parse(byId("seconds-data").textContent));

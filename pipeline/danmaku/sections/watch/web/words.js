"use strict";
// The words of an explained comment beneath the picture, and the heat of the chosen one over it.

const WORD_SECONDS = 0.7;
const MAX_WORDS = 300; // that get a button
const MAX_WORD_TEXT = 40; // characters
const HEAT_KINDS = {
  attention: ["watch.attention", "watch.attention_help"],
  saliency: ["watch.saliency", "watch.saliency_help"],
};

class Words extends EventTarget {
  constructor(report) {
    super();
    this.heat = report.heat;
    this.kind = report.heat?.kinds[0];
    this.layer = new HeatLayer(byId("heat"), report);
    this.row = byId("word-buttons");
    this.timer = 0;
    this.addKinds();
    const opacity = byId("heat-opacity");
    opacity.value = 1;
    showShare(opacity);
    opacity.addEventListener("input", () => {
      showShare(opacity);
      byId("heat").style.opacity = opacity.value;
    });
    byId("word-before").addEventListener("click", () => this.step(-1));
    byId("word-after").addEventListener("click", () => this.step(1));
    byId("word-play").addEventListener("click", () => this.run(!this.timer));
    byId("close").addEventListener("click", () => this.dispatchEvent(new Event("close")));
    this.row.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      this.run(false);
      this.choose(Number(button.dataset.n));
    });
    this.row.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: this.chosen - 1, ArrowRight: this.chosen + 1, Home: 0,
        End: this.buttons.length - 1 }[event.key];
      if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.run(false);
      this.choose(to, true);
    });
    document.addEventListener("languagechange", () => this.explanation && this.fill());
  }

  open(explanation) {
    this.run(false);
    this.explanation = explanation;
    this.chosen = 0;
    byId("words").hidden = false;
    const mapped = Boolean(this.heat) && explanation.peaks.length > 0;
    byId("stage").classList.toggle("dimmed", mapped);
    for (const id of ["word-before", "word-play", "word-after", "heat-kinds", "heat-scale"]) {
      byId(id).hidden = !mapped;
    }
    this.fill();
    this.buttons[0].focus({ preventScroll: true });
  }

  close() {
    this.run(false);
    this.explanation = null;
    this.layer.hide();
    byId("words").hidden = true;
    byId("stage").classList.remove("dimmed");
  }

  /** For each heat map of the chosen kind, the share of its hottest position. */
  get peaks() {
    return this.kind === "saliency" ? this.explanation.saliency_peaks : this.explanation.peaks;
  }

  fill() {
    const { peaks } = this, { words } = this.explanation;
    const buttons = words.slice(0, MAX_WORDS).map((word, n) => this.button(word, n, peaks[n]));
    const end = this.button("", words.length, peaks[words.length]);
    setPhrase(end.firstChild, "watch.end");
    end.classList.add("end");
    this.buttons = [...buttons, end];
    this.row.replaceChildren(...this.buttons);
    this.choose(this.chosen);
  }

  button(word, n, peak) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.n = Math.min(n, MAX_WORDS);
    const short = word.length > MAX_WORD_TEXT ? `${word.slice(0, MAX_WORD_TEXT)}…` : word;
    button.append(textElement("bdi", short));
    if (peak !== undefined && this.heat) button.append(textElement("small", percentText(peak)));
    return button;
  }

  step(by) {
    this.run(false);
    this.choose(this.chosen + by);
  }

  /** Starts or stops stepping through the words; after the last one it starts over. */
  run(running) {
    clearInterval(this.timer);
    this.timer = 0;
    nameButton(byId("word-play"), running ? "watch.word_pause" : "watch.word_play",
      running ? "M6 5h4v14H6zm8 0h4v14h-4z" : "M8 5v14l11-7z");
    if (!running) return;
    if (this.chosen === this.buttons.length - 1) this.choose(0);
    this.timer = setInterval(() => {
      this.choose(this.chosen + 1);
      if (this.chosen === this.buttons.length - 1) this.run(false);
    }, 1000 * WORD_SECONDS);
  }

  choose(n, focused = false) {
    this.chosen = Math.min(this.buttons.length - 1, Math.max(0, n));
    this.buttons.forEach((button, place) => {
      button.setAttribute("aria-pressed", String(place === this.chosen));
      button.tabIndex = place === this.chosen ? 0 : -1;
    });
    const button = this.buttons[this.chosen];
    this.row.scrollTop = button.offsetTop - this.row.clientHeight / 2;
    if (focused) button.focus({ preventScroll: true });
    byId("word-before").disabled = this.chosen === 0;
    byId("word-after").disabled = this.chosen === this.buttons.length - 1;
    this.show();
  }

  async show() {
    const { peaks } = this, { map, words } = this.explanation, help = byId("heat-help");
    const last = this.chosen === this.buttons.length - 1;
    const place = last ? words.length : this.chosen;
    this.tellPlace(place);
    if (!this.heat || peaks.length === 0) {
      setPhrase(help, "watch.no_heat");
      return;
    }
    if (place >= peaks.length) {
      this.layer.hide();
      setPhrase(help, "watch.no_map");
      return;
    }
    setPhrase(help, HEAT_KINDS[this.kind][1]);
    const even = 1 / this.heat.side ** 2; // the hottest colour is of two even shares at least
    setPhrase(byId("heat-even"), "watch.heat_even", { share: percentText(even) });
    setPhrase(byId("heat-most"), "watch.heat_most", { share: percentText(Math.max(2 * even, peaks[place])) });
    if (!(await this.layer.show(this.kind, map + place))) setPhrase(help, "watch.no_sheet");
  }

  /** How likely a word was. */
  tellPlace(place) {
    const [share, rank] = this.explanation.places[place];
    const values = { share: percentText(share), rank: numberText(rank), nth: ordinal(rank) };
    setPhrase(byId("word-place"), rank === 1 ? "watch.word_first" : "watch.word_place", values);
  }

  addKinds() {
    for (const kind of this.heat?.kinds ?? []) {
      const button = document.createElement("button");
      button.type = "button";
      setPhrase(button, HEAT_KINDS[kind][0]);
      button.setAttribute("aria-pressed", String(kind === this.kind));
      button.addEventListener("click", () => {
        this.kind = kind;
        for (const other of byId("heat-kinds").children) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        this.fill();
      });
      byId("heat-kinds").append(button);
    }
  }
}

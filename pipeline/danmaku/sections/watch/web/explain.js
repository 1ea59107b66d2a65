"use strict";
// Why the model wrote a comment. Takes the place of the list; its words are beneath the picture.

const MAX_NEAR_COMMENTS = 6; // of a picture that are listed
const MAX_CHOICES = 1e6; // larger than any vocabulary, so the exact number says nothing

class Explanation extends EventTarget {
  constructor(report, player) {
    super();
    this.report = report;
    this.player = player;
    this.count = report.comments.filter(({ explanation }) => explanation).length;
    this.words = new Words(report);
    this.index = -1; // of the comment that is explained
    this.origin = null; // what to go back to: time, whether it played, and the focus
    this.words.addEventListener("close", () => this.close());
    byId("back").addEventListener("click", () => this.close());
    player.addEventListener("seek", () => this.moveOn());
    player.video.addEventListener("play", () => this.moveOn());
    document.addEventListener("languagechange", () => this.index >= 0 && this.fill());
  }

  get isOpen() {
    return this.index >= 0;
  }

  /** Explains a comment. Closing returns to `time`, in seconds, and plays if the video did. */
  open(index, time) {
    const { player } = this, { explanation } = this.report.comments[index];
    const { playing, focused } = this.origin ?? {
      playing: !player.video.paused,
      focused: document.activeElement,
    };
    this.index = -1; // so that the pause and the jump do not close it
    player.video.pause();
    player.hidesComments = true;
    player.seek(explanation.seen, false);
    this.origin = { time, playing, focused };
    this.index = index;
    byId("list").hidden = true;
    byId("explanation").hidden = false;
    byId("explanation").scrollTop = 0;
    byId("player").classList.add("explaining");
    this.fill();
    this.words.open(explanation);
    this.dispatchEvent(new Event("change"));
  }

  /** Closes the explanation and goes back to where playback was. */
  close() {
    if (!this.isOpen) return;
    const { time, playing } = this.origin;
    this.moveOn();
    this.player.seek(time, false);
    if (playing) this.player.play();
  }

  /** Closes the explanation and leaves playback as it is. */
  moveOn() {
    if (!this.isOpen) return;
    const { focused } = this.origin;
    this.index = -1;
    this.origin = null;
    this.player.hidesComments = false;
    byId("player").classList.remove("explaining");
    byId("explanation").hidden = true;
    byId("list").hidden = false;
    this.words.close();
    this.player.draw();
    const back = focused?.isConnected && focused !== document.body ? focused : byId("play");
    back.focus({ preventScroll: true });
    this.dispatchEvent(new Event("change"));
  }

  fill() {
    const { time, text, explanation } = this.report.comments[this.index];
    const times = { time: clockText(time, true), seen: clockText(explanation.seen, true) };
    setPhrase(byId("explained-source"), "watch.written_by", times);
    byId("explained-text").textContent = text;
    byId("link").href = `#c${this.index}`;
    byId("facts").replaceChildren(...this.facts(explanation).flatMap(([title, ...lines]) => [
      phraseElement("dt", title),
      ...lines.map(([key, values]) => phraseElement("dd", key, values)),
    ]));
    byId("near").hidden = explanation.near.length === 0;
    const figures = explanation.near.map(([place, similarity]) => this.figure(place, similarity));
    byId("near-gallery").replaceChildren(...figures);
  }

  /** Rows: the key of a heading, then lines of a key and its values each. */
  facts({ copies, nats, pmi, pmi_rank: pmiRank, rank, candidates, peaks }) {
    const choices = Math.exp(nats);
    const picture = {
      pmi: numberText(pmi, 2, true), rank: numberText(pmiRank), count: numberText(this.count),
    };
    const perplexity = choices < MAX_CHOICES
      ? numberText(choices, choices < 10 ? 1 : 0) : `> ${numberText(MAX_CHOICES)}`;
    const score = { nats: numberText(nats, 2), perplexity };
    return [
      ["watch.wording", wording(copies)],
      ["watch.pmi", [pmi < 0 ? "watch.pmi_negative" : "watch.pmi_positive", picture],
        ["watch.pmi_rank", picture]],
      ["watch.score", ["watch.nats", score]],
      ["watch.rank", ranking(rank, candidates)],
      ...(this.report.heat && peaks.length ? [["watch.heat", ["watch.peak_share"]]] : []),
    ];
  }

  figure(place, similarity) {
    const { picture, video, time, comments } = this.report.training_pictures[place];
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    image.loading = "lazy";
    image.src = picture;
    const source = { video, time: clockText(time) };
    setPhraseAttribute(image, "alt", "watch.near_picture", source);
    const caption = document.createElement("figcaption");
    caption.append(
      phraseElement("span", "watch.near_picture", source), " · ",
      phraseElement("span", "watch.similar", { n: numberText(100 * similarity) }),
    );
    const list = document.createElement("ul");
    for (const text of comments.slice(0, MAX_NEAR_COMMENTS)) {
      const item = document.createElement("li");
      item.append(commentLine(text));
      list.append(item);
    }
    const rest = comments.length - MAX_NEAR_COMMENTS;
    if (rest > 0) list.append(phraseElement("li", "watch.more", { n: numberText(rest) }));
    figure.append(image, caption, list);
    return figure;
  }
}

function wording(copies) {
  if (copies === 0) return ["watch.novel"];
  return copies === 1 ? ["watch.copied_once"] : ["watch.copied", { n: numberText(copies) }];
}

function ranking(rank, candidates) {
  if (rank === 0) return ["watch.unranked"];
  const count = numberText(candidates);
  if (rank === 1) return ["watch.ranked_first", { count }];
  return ["watch.ranked", { count, rank: numberText(rank), nth: ordinal(rank) }];
}

function ordinal(number) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" };
  const rules = new Intl.PluralRules("en", { type: "ordinal" });
  return numberText(number) + ending[rules.select(number)];
}

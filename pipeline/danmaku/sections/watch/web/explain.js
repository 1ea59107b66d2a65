"use strict";
// Why the model wrote a comment: in place of the list, with its words beneath the picture.

const NEAR_COMMENTS = 6; // of a picture that are told
const MOST_CHOICES = 1e6; // more than any vocabulary has are as good as any number

class Explanation extends EventTarget {
  constructor(report, player) {
    super();
    this.report = report;
    this.player = player;
    this.all = report.comments.filter(({ explained }) => explained).length;
    this.words = new Words(report);
    this.index = -1; // of the explained comment
    this.before = null; // what to go back to
    this.words.addEventListener("close", () => this.close());
    byId("back").addEventListener("click", () => this.close());
    player.addEventListener("seek", () => this.moveOn());
    player.video.addEventListener("play", () => this.moveOn());
    document.addEventListener("spoken", () => this.index >= 0 && this.fill());
  }

  get isOpen() {
    return this.index >= 0;
  }

  /** Explains a comment; going back returns to a time, in seconds, and to playing if it did. */
  open(index, time) {
    const { player } = this, { explained } = this.report.comments[index];
    const { playing, focused } = this.before ?? {
      playing: !player.video.paused,
      focused: document.activeElement,
    };
    this.index = -1; // so that pausing and seeking do not close it
    player.video.pause();
    player.quiet = true;
    player.seek(explained.seen + 1e-3, false);
    this.before = { time, playing, focused };
    this.index = index;
    byId("list").hidden = true;
    byId("explanation").hidden = false;
    byId("explanation").scrollTop = 0;
    byId("player").classList.add("explaining");
    this.fill();
    this.words.open(explained);
    this.dispatchEvent(new Event("change"));
  }

  /** Closes it and goes back to where playback was. */
  close() {
    if (!this.isOpen) return;
    const { time, playing } = this.before;
    this.moveOn();
    this.player.seek(time, false);
    if (playing) this.player.play();
  }

  /** Closes it and leaves playback as it is. */
  moveOn() {
    if (!this.isOpen) return;
    const { focused } = this.before;
    this.index = -1;
    this.before = null;
    this.player.quiet = false;
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
    const { time, text, explained } = this.report.comments[this.index];
    const times = { time: clockText(time, true), seen: clockText(explained.seen, true) };
    say(byId("explained-of"), "watch.written_by", times);
    byId("explained-text").textContent = text;
    byId("link").href = `#c${this.index}`;
    byId("facts").replaceChildren(...this.facts(explained).flatMap(([title, ...told]) => [
      phrased("dt", title),
      ...told.map(([key, values]) => phrased("dd", key, values)),
    ]));
    byId("near").hidden = explained.near.length === 0;
    const near = explained.near.map(([place, alike]) => this.figure(place, alike));
    byId("near-gallery").replaceChildren(...near);
  }

  /** Rows of a heading's key and what is told under it, as keys and values. */
  facts({ copies, nats, told, told_rank: place, rank, candidates, peaks }) {
    const choices = Math.exp(nats);
    const picture = {
      told: numberText(told, 2, true), rank: numberText(place), all: numberText(this.all),
    };
    const most = numberText(MOST_CHOICES);
    const n = choices < MOST_CHOICES ? numberText(choices, choices < 10 ? 1 : 0) : `> ${most}`;
    const score = { nats: numberText(nats, 2), n };
    return [
      ["watch.wording", wording(copies)],
      ["watch.told", [told < 0 ? "watch.told_less" : "watch.told_more", picture],
        ["watch.told_rank", picture]],
      ["watch.score", ["watch.nats", score]],
      ["watch.rank", ranking(rank, candidates)],
      ...(this.report.heat && peaks.length ? [["watch.heat", ["watch.share_told"]]] : []),
    ];
  }

  figure(place, alike) {
    const { picture, video, time, comments } = this.report.learned[place];
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    image.loading = "lazy";
    image.src = picture;
    const where = { video, time: clockText(time) };
    sayAs(image, "alt", "watch.near_picture", where);
    const caption = document.createElement("figcaption");
    caption.append(
      phrased("span", "watch.near_picture", where), " · ",
      phrased("span", "watch.similar", { n: numberText(100 * alike) }),
    );
    const list = document.createElement("ul");
    for (const text of comments.slice(0, NEAR_COMMENTS)) {
      const item = document.createElement("li");
      item.append(said({ text }));
      list.append(item);
    }
    const rest = comments.length - NEAR_COMMENTS;
    if (rest > 0) list.append(phrased("li", "watch.more", { n: numberText(rest) }));
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
  const all = numberText(candidates);
  if (rank === 1) return ["watch.ranked_first", { all }];
  return ["watch.ranked", { all, rank: numberText(rank), nth: ordinal(rank) }];
}

function ordinal(number) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" };
  const rules = new Intl.PluralRules("en", { type: "ordinal" });
  return numberText(number) + ending[rules.select(number)];
}

/** A new element that holds a phrase. */
function phrased(tag, key, values) {
  const element = document.createElement(tag);
  say(element, key, values);
  return element;
}

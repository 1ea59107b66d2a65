"use strict";
// The list of comments beside the player; only the rows in view exist.

const SPARE_ROWS = 8; // rows above and below those in view
const WHY_HIDDEN = {
  "invisible": "watch.invisible",
  "outside of the video": "watch.outside",
  "no room": "watch.no_room",
  "too many on screen": "watch.too_many",
};

// What of an explanation a list may be restricted to, and how it may be sorted: the least first.
const ONLY = {
  new: ({ copies }) => copies === 0,
  copied: ({ copies }) => copies > 0,
  right: ({ named }) => named === true,
  wrong: ({ named }) => named === false,
};
const ORDERS = { nats: ({ nats }) => nats, pmi: ({ pmi }) => -pmi };
const SAVED = ["nats", "pmi", "rank", "candidates", "copies", "named"];

class CommentList extends EventTarget {
  constructor(report, choice, player) {
    super();
    this.comments = report.comments;
    this.choice = choice;
    this.player = player;
    this.scroller = byId("scroller");
    this.rows = byId("rows");
    this.row = matchMedia("(pointer: coarse)").matches ? 44 : 34; // pixels
    this.scroller.style.setProperty("--row", `${this.row}px`);
    this.existing = new Map(); // rows by their place in the list
    this.cursor = 0; // place of the row that Tab leads to
    this.now = -1;
    this.chosen = -1; // index of the chosen comment
    this.following = true;
    this.wire();
    this.filter();
  }

  wire() {
    this.scroller.addEventListener("scroll", () => this.render(), { passive: true });
    for (const name of ["wheel", "touchmove", "pointerdown", "focusin"]) {
      this.scroller.addEventListener(name, () => this.setFollowing(false), { passive: true });
    }
    this.scroller.addEventListener("keydown", (event) => this.move(event));
    this.rows.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row) this.choose(Number(row.dataset.place));
    });
    for (const id of ["filter", "only", "order"]) {
      byId(id).addEventListener("input", () => this.filter());
    }
    for (const name of ["right", "wrong"]) {
      const isThere = this.comments.some(({ explanation }) => explanation && ONLY[name](explanation));
      byId("only").querySelector(`[value=${name}]`).hidden = !isThere;
    }
    byId("save-csv").addEventListener("click", () => this.saveCsv());
    byId("save-json").addEventListener("click", () => saveJson("comments.json", this.rowsToSave()));
    byId("follow").addEventListener("click", () => {
      this.setFollowing(true);
      byId("play").focus({ preventScroll: true });
    });
    this.choice.addEventListener("change", () => this.filter());
    this.player.addEventListener("time", () => this.followPlayback());
    this.player.addEventListener("seek", () => queueMicrotask(() => this.followPlayback()));
    document.addEventListener("languagechange", () => this.rebuild());
    new ResizeObserver(() => this.followPlayback()).observe(this.scroller);
  }

  /** Lists the comments that are shown, of the chosen sort, with the text to search for. */
  filter() {
    const query = folded(byId("filter").value.trim()), only = ONLY[byId("only").value];
    const texts = query ? this.choice.foldedTexts : [];
    this.places = [];
    let all = 0;
    this.comments.forEach(({ explanation }, index) => {
      if (!this.choice.shows(index)) return;
      all += 1;
      if (only && !(explanation && only(explanation))) return;
      if (!query || texts[index].includes(query)) this.places.push(index);
    });
    this.sort(ORDERS[byId("order").value]);
    const count = { n: numberText(this.places.length), all: numberText(all) };
    setPhrase(byId("count"), this.places.length < all ? "watch.count_of" : "watch.count", count);
    byId("empty").hidden = this.places.length > 0;
    this.rows.style.height = `${this.places.length * this.row}px`;
    this.cursor = 0;
    this.now = -1;
    this.rebuild();
    this.followPlayback();
  }

  /** Sorts the list by what `key` gives of an explanation; without one, it stays by time. */
  sort(key) {
    this.placeByIndex = null;
    if (!key) return;
    const value = (index) => {
      const { explanation } = this.comments[index];
      return explanation ? key(explanation) : Infinity;
    };
    this.places.sort((one, other) => value(one) - value(other) || one - other);
    this.placeByIndex = new Map(this.places.map((index, place) => [index, place]));
  }

  /** What is known of the comments that are listed, in their order. */
  rowsToSave() {
    return this.places.map((index) => {
      const { time, kind, text, explanation } = this.comments[index];
      const known = SAVED.map((name) => [name, explanation?.[name] ?? null]);
      return { time, kind, text, ...Object.fromEntries(known) };
    });
  }

  saveCsv() {
    const rows = this.rowsToSave().map((row) => Object.values(row).map((value) => value ?? ""));
    saveTable("comments.csv", [["time", "kind", "text", ...SAVED], ...rows]);
  }

  /** Marks where playback is, and scrolls there unless the reader has scrolled away. */
  followPlayback() {
    const playing = firstAfter(this.comments, this.player.time) - 1;
    const place = this.placeByIndex ? -1 : this.placeOf(playing); // only time goes with the list
    if (place !== this.now) {
      this.existing.get(this.now)?.classList.remove("now");
      this.existing.get(place)?.classList.add("now");
      this.now = place;
      if (this.following) this.reveal(Math.max(0, place));
    }
    this.render();
  }

  /** The place of a comment; in a list by time, else of the last one before it; else -1. */
  placeOf(index) {
    if (this.placeByIndex) return this.placeByIndex.get(index) ?? -1;
    let low = 0, high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.places[middle] <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  setFollowing(following) {
    if (following === this.following) return;
    this.following = following;
    byId("follow").hidden = following || Boolean(this.placeByIndex);
    if (following) this.reveal(Math.max(0, this.now));
  }

  reveal(place) {
    this.scroller.scrollTop = (place + 1) * this.row - this.scroller.clientHeight / 2;
  }

  render() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / this.row) - SPARE_ROWS);
    const visible = Math.ceil(scrollTop / this.row);
    const bottom = Math.ceil((scrollTop + clientHeight) / this.row);
    const end = Math.min(this.places.length, bottom + SPARE_ROWS);
    for (const [place, row] of this.existing) {
      if ((place < first || place >= end) && !row.contains(document.activeElement)) {
        row.remove();
        this.existing.delete(place);
      }
    }
    for (let place = first; place < end; place += 1) {
      if (!this.existing.has(place)) this.add(place);
    }
    const inView = this.cursor >= first && this.cursor < end;
    this.makeTabbable(inView ? this.cursor : Math.min(visible, this.places.length - 1));
  }

  rebuild() {
    this.existing.clear();
    this.rows.replaceChildren();
    this.render();
  }

  add(place) {
    const index = this.places[place], comment = this.comments[index];
    const row = document.createElement("li");
    row.dataset.place = place;
    row.style.transform = `translateY(${place * this.row}px)`;
    row.setAttribute("aria-posinset", place + 1);
    row.setAttribute("aria-setsize", this.places.length);
    row.className = comment.kind;
    row.classList.toggle("now", place === this.now);
    row.classList.toggle("unshown", !comment.drawn);
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    if (index === this.chosen) button.setAttribute("aria-current", "true");
    const time = textElement("time", clockText(comment.time));
    button.append(time, kindMark(comment.kind), " ", commentLine(comment.text));
    if (comment.hidden) button.append(textElement("small", phrase(WHY_HIDDEN[comment.hidden])));
    row.append(button);
    const after = [...this.existing.keys()].filter((other) => other > place);
    const next = after.length ? this.existing.get(Math.min(...after)) : null;
    this.rows.insertBefore(row, next);
    this.existing.set(place, row);
  }

  makeTabbable(place) {
    if (this.tabbable?.isConnected) this.tabbable.tabIndex = -1;
    this.tabbable = this.existing.get(place)?.firstChild;
    if (this.tabbable) this.tabbable.tabIndex = 0;
  }

  move(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.row) - 1);
    const at = Number(event.target.closest("li")?.dataset.place ?? this.cursor);
    const to = {
      ArrowUp: at - 1, ArrowDown: at + 1, PageUp: at - page, PageDown: at + page,
      Home: 0, End: this.places.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.focus(Math.min(this.places.length - 1, Math.max(0, to)));
  }

  focus(place) {
    this.cursor = place;
    const top = place * this.row, { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.row > scrollTop + clientHeight) {
      this.scroller.scrollTop = top + this.row - clientHeight;
    }
    this.render();
    this.existing.get(place)?.firstChild.focus({ preventScroll: true });
  }

  choose(place) {
    this.cursor = place;
    this.dispatchEvent(new CustomEvent("choose", { detail: this.places[place] }));
  }

  /** Marks the comment of this index as chosen and shows it in full below the list. */
  mark(index) {
    const former = this.existing.get(this.placeOf(this.chosen));
    former?.firstChild.removeAttribute("aria-current");
    this.chosen = index;
    const place = this.placeOf(index);
    byId("chosen").hidden = index < 0;
    if (index < 0) return;
    if (this.places[place] === index) {
      this.existing.get(place)?.firstChild.setAttribute("aria-current", "true");
      this.cursor = place;
    }
    const { kind, time, text, hidden, explanation } = this.comments[index];
    setPhrase(byId("chosen-kind"), LETTERS[kind][1]);
    byId("chosen-time").textContent = clockText(time, true);
    byId("chosen-text").textContent = text;
    byId("explain").hidden = !explanation;
    byId("chosen-why").hidden = !hidden;
    if (hidden) setPhrase(byId("chosen-why"), WHY_HIDDEN[hidden]);
  }
}

"use strict";
// Ties the parts together: player, list and explanation share one chosen comment.

const FINGER_RADIUS = 22; // CSS pixels beside a comment at which a touch still hits it
const NEARBY_SECONDS = 0.75; // from the chosen comment, within which "next" means the one after it
// What the page leaves out of a comment's "drawn": Drawn of content.py.
const COMMON = { font: "defont", color: "#ffffff", opacity: 1 };

class Watch {
  constructor(report) {
    this.report = report;
    this.choice = new Choice(report.comments);
    this.player = new Player(report, this.choice);
    this.tuning = new Tuning(this.choice);
    this.preview = new Preview(report);
    this.tags = new TagLane(report, this.player);
    this.list = new CommentList(report, this.choice, this.player);
    this.explanation = new Explanation(report, this.player);
    this.list.addEventListener("choose", ({ detail }) => this.choose(detail, true));
    this.explanation.addEventListener("change", () => this.updateAddress());
    byId("overlay").addEventListener("click", (event) => this.click(event));
    byId("explain").addEventListener("click", () => this.explain());
    byId("before").addEventListener("click", () => this.chooseNext(-1));
    byId("after").addEventListener("click", () => this.chooseNext(1));
    addEventListener("hashchange", () => this.readAddress());
    listenToKeys({
      ...playerKeys(this.player, this.choice),
      n: () => this.chooseNext(1),
      p: () => this.chooseNext(-1),
      e: () => this.explain(),
      Escape: () => this.explanation.close(),
    });
    this.readAddress();
  }

  /** Jumps to the comment of this index, and explains it if that is wanted and possible. */
  choose(index, explain) {
    const { time, drawn, explanation } = this.report.comments[index];
    const at = drawn ? Math.min(Math.max(time, drawn.start), drawn.end - 1e-3) : time;
    this.mark(index);
    if (explain && explanation) {
      this.explanation.open(index, at);
    } else {
      this.explanation.moveOn();
      this.player.seek(at);
    }
  }

  mark(index) {
    this.player.overlay.selected = index;
    this.list.mark(index);
    this.player.draw();
  }

  click(event) {
    if (this.explanation.isOpen) {
      this.explanation.close();
      return;
    }
    const { report, player } = this;
    const box = player.stage.getBoundingClientRect(), scale = report.stage[0] / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const reach = event.pointerType === "touch" ? FINGER_RADIUS * scale : 0;
    const index = player.overlay.at(x, y, player.time, reach);
    if (index < 0) {
      player.toggle();
      return;
    }
    this.mark(index);
    if (report.comments[index].explanation) this.explanation.open(index, player.time);
  }

  /** Chooses the next comment (1) or the one before (-1) of those that are shown. */
  chooseNext(step) {
    const { comments } = this.report, { isOpen } = this.explanation;
    const chosen = this.list.chosen, now = this.player.time;
    const near = chosen >= 0 && (isOpen || Math.abs(comments[chosen].time - now) < NEARBY_SECONDS);
    const after = firstAfter(comments, now);
    let index = near ? chosen + step : step > 0 ? after : after - 1;
    const suits = (n) => this.choice.shows(n) && (comments[n].explanation || !isOpen);
    while (comments[index] && !suits(index)) index += step;
    if (comments[index]) this.choose(index, isOpen);
  }

  /** Explains the chosen comment, else the last one with an explanation; or closes that. */
  explain() {
    if (this.explanation.isOpen) {
      this.explanation.close();
      return;
    }
    const { comments } = this.report, { time } = this.player;
    let index = this.list.chosen;
    if (!comments[index]?.explanation) index = firstAfter(comments, time) - 1;
    while (index >= 0 && !comments[index].explanation) index -= 1;
    if (index < 0) index = comments.findIndex(({ explanation }) => explanation);
    if (index < 0) return;
    this.mark(index);
    this.explanation.open(index, time);
  }

  /** Explains the comment that the address names: "#c12". */
  readAddress() {
    const index = Number(/^#c(\d+)$/.exec(location.hash)?.[1] ?? -1);
    if (!this.report.comments[index] || index === this.explanation.index) return;
    this.choice.showKindOf(index);
    this.choose(index, true);
    byId("watch").scrollIntoView();
  }

  updateAddress() {
    const { index } = this.explanation;
    const named = /^#c\d+$/.test(location.hash);
    if (index < 0 && !named) return;
    try {
      const bare = location.href.replace(/#.*$/, "");
      history.replaceState(null, "", index < 0 ? bare : `#c${index}`);
    } catch {
      // A page on disk may be denied that; the address stays as it is.
    }
  }
}

{
  const report = JSON.parse(byId("watch-data").textContent);
  for (const { drawn, text } of report.comments) {
    if (drawn) Object.assign(drawn, { text, ...COMMON, ...report.shapes[drawn.shape], ...drawn });
  }
  new Watch(report);
}

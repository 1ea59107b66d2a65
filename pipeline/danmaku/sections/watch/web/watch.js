"use strict";
// Ties the parts together: the player, the list and the explanation share one chosen comment.

const FINGER = 22; // CSS pixels beside a comment at which a finger still means it
const NEARBY = 0.75; // seconds within which "next" counts from the chosen comment

class Watch {
  constructor(report) {
    this.report = report;
    this.choice = new Choice(report.comments);
    this.player = new Player(report, this.choice);
    this.list = new CommentList(report, this.choice, this.player);
    this.explanation = new Explanation(report, this.player);
    this.list.addEventListener("choose", ({ detail }) => this.choose(detail, true));
    this.explanation.addEventListener("change", () => this.noteAddress());
    byId("overlay").addEventListener("click", (event) => this.click(event));
    byId("explain").addEventListener("click", () => this.explain());
    byId("before").addEventListener("click", () => this.go(-1));
    byId("after").addEventListener("click", () => this.go(1));
    addEventListener("hashchange", () => this.readAddress());
    listenToKeys({
      ...playerKeys(this.player, this.choice),
      n: () => this.go(1),
      p: () => this.go(-1),
      e: () => this.explain(),
      Escape: () => this.explanation.close(),
    });
    this.readAddress();
  }

  /** Jumps to a comment, by its index, and explains it if asked to and possible. */
  choose(index, explain) {
    const { time, shown, explained } = this.report.comments[index];
    const at = shown ? Math.min(Math.max(time, shown.start), shown.end - 1e-3) : time;
    this.mark(index);
    if (explain && explained) {
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
    const reach = event.pointerType === "touch" ? FINGER * scale : 0;
    const index = player.overlay.at(x, y, player.time, reach);
    if (index < 0) {
      player.toggle();
      return;
    }
    this.mark(index);
    if (report.comments[index].explained) this.explanation.open(index, player.time);
  }

  /** To the next comment, or the one before, of those that are shown. */
  go(by) {
    const { comments } = this.report, { isOpen } = this.explanation;
    const chosen = this.list.chosen, now = this.player.time;
    const near = chosen >= 0 && (isOpen || Math.abs(comments[chosen].time - now) < NEARBY);
    const after = firstAfter(comments, now);
    let index = near ? chosen + by : by > 0 ? after : after - 1;
    const meant = ({ kind, explained }) => this.choice.shows(kind) && (explained || !isOpen);
    while (comments[index] && !meant(comments[index])) index += by;
    if (comments[index]) this.choose(index, isOpen);
  }

  /** Explains the chosen comment, or else the last one that can be; or stops doing so. */
  explain() {
    if (this.explanation.isOpen) {
      this.explanation.close();
      return;
    }
    const { comments } = this.report, { time } = this.player;
    let index = this.list.chosen;
    if (!comments[index]?.explained) index = firstAfter(comments, time) - 1;
    while (index >= 0 && !comments[index].explained) index -= 1;
    if (index < 0) index = comments.findIndex(({ explained }) => explained);
    if (index < 0) return;
    this.mark(index);
    this.explanation.open(index, time);
  }

  /** Explains the comment that the address names: "#c12". */
  readAddress() {
    const index = Number(/^#c(\d+)$/.exec(location.hash)?.[1] ?? -1);
    if (!this.report.comments[index] || index === this.explanation.index) return;
    this.choose(index, true);
    byId("watch").scrollIntoView();
  }

  noteAddress() {
    const { index } = this.explanation;
    const named = /^#c\d+$/.test(location.hash);
    if (index < 0 && !named) return;
    try {
      const bare = location.href.replace(/#.*$/, "");
      history.replaceState(null, "", index < 0 ? bare : `#c${index}`);
    } catch {
      // Then the address stays as it is.
    }
  }
}

{
  const report = JSON.parse(byId("page-data").textContent);
  if (report) new Watch(report);
}

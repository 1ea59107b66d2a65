"use strict";
// A stretch of the video that plays again and again: one press where it begins, one where it ends,
// and one to be rid of it.

class Loop {
  constructor(player) {
    this.player = player;
    this.start = null; // seconds
    this.end = null;
    byId("loop").addEventListener("click", () => this.press());
    this.show();
  }

  press() {
    const { time } = this.player;
    if (this.end !== null) this.start = this.end = null;
    else if (this.start === null || time <= this.start) this.start = time;
    else this.end = time;
    this.show();
  }

  /** Goes back to the beginning where playback has come to the end. */
  follow() {
    if (this.end !== null && this.player.time >= this.end) this.player.seek(this.start, false);
  }

  show() {
    const { start, end } = this, { seconds } = this.player.report, stretch = byId("stretch");
    const next = end !== null ? "watch.loop_off" : start !== null ? "watch.loop_end" : "watch.loop";
    nameButton(byId("loop"), next);
    byId("loop").classList.toggle("on", start !== null);
    stretch.hidden = start === null;
    if (start === null) return;
    stretch.style.left = `${(100 * start) / seconds}%`;
    stretch.style.width = `${(100 * ((end ?? start) - start)) / seconds}%`;
  }
}

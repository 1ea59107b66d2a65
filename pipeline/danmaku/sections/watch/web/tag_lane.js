"use strict";
// Below the seek bar, on the same scale: when a tag holds.

class TagLane {
  constructor(report, player) {
    this.report = report;
    this.player = player;
    this.tag = byId("tag");
    byId("tags").hidden = report.tags.length === 0;
    for (const [index, { name }] of report.tags.entries()) {
      const option = textElement("option", name);
      option.value = index;
      this.tag.append(option);
    }
    this.tag.addEventListener("change", () => this.show());
    if (report.tags.length > 0) this.show();
  }

  show() {
    const { spans } = this.report.tags[Number(this.tag.value)];
    byId("tag-runs").replaceChildren(...spans.map(([start, end]) => this.run(start, end)));
  }

  /** A bar from start to end, in seconds, that leads to where it starts. */
  run(start, end) {
    const { seconds, frame } = this.report;
    const bar = document.createElement("button");
    bar.type = "button";
    bar.style.left = `${(100 * start) / seconds}%`;
    bar.style.width = `${(100 * (end - start)) / seconds}%`;
    bar.title = `${clockText(start, true)} – ${clockText(end, true)}`;
    bar.setAttribute("aria-label", bar.title);
    // To the middle of the picture, so that rounding cannot show its neighbour.
    bar.addEventListener("click", () => this.player.seek(start + frame / 2));
    return bar;
  }
}

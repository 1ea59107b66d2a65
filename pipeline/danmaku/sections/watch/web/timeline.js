"use strict";
// The seek bar, and beneath it, on the same scale, the number of comments over time.

const DENSITY_STEPS = 240;
const SVG = "http://www.w3.org/2000/svg";

class Timeline {
  constructor(report, choice, player) {
    this.report = report;
    this.player = player;
    this.seek = byId("seek");
    this.density = byId("density");
    this.playhead = byId("playhead");
    this.seek.max = report.seconds;
    this.seek.addEventListener("input", () => player.seek(Number(this.seek.value)));
    this.density.addEventListener("pointerdown", (event) => this.drag(event));
    this.addCurves(choice);
    choice.addEventListener("change", () => this.dimHidden(choice));
    document.addEventListener("languagechange", () => this.showTime(player.time));
  }

  /** Shows where playback is, in seconds. */
  show(time) {
    const share = Math.min(1, Math.max(0, time / this.report.seconds));
    this.playhead.style.transform = `translateX(${share * this.density.clientWidth}px)`;
    if (Math.abs(Number(this.seek.value) - time) >= 0.1 || this.player.video.paused) {
      this.seek.value = time;
      this.seek.style.setProperty("--done", `${100 * share}%`);
      this.showTime(time);
    }
  }

  showTime(time) {
    const now = clockText(time), duration = clockText(this.report.seconds);
    if (this.shownTime === now + language) return;
    this.shownTime = now + language;
    byId("clock").textContent = `${now} / ${duration}`;
    this.seek.setAttribute("aria-valuetext", phrase("watch.seek_value", { now, duration }));
  }

  drag(event) {
    if (event.button !== 0) return;
    const seek = ({ clientX }) => {
      const box = this.density.getBoundingClientRect();
      this.player.seek(((clientX - box.left) / box.width) * this.report.seconds);
    };
    seek(event);
    this.density.setPointerCapture(event.pointerId);
    this.density.addEventListener("pointermove", seek);
    const stop = () => this.density.removeEventListener("pointermove", seek);
    this.density.addEventListener("lostpointercapture", stop, { once: true });
  }

  /** The model's curve upwards and the viewers' downwards, each scaled to its own peak. */
  addCurves(choice) {
    const both = choice.has.generated && choice.has.viewers;
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", `0 ${both ? -1 : 0} ${DENSITY_STEPS} ${both ? 2 : 1}`);
    picture.setAttribute("preserveAspectRatio", "none");
    this.paths = {};
    for (const kind of ["generated", "viewers"]) {
      if (!choice.has[kind]) continue;
      const heights = densities(this.report, kind === "generated");
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", kind);
      path.setAttribute("d", curve(heights, both ? 0 : 1, kind === "viewers" && both ? 1 : -1));
      picture.append(path);
      this.paths[kind] = path;
    }
    this.density.prepend(picture);
    this.density.hidden = !both && !choice.has.generated && !choice.has.viewers;
  }

  dimHidden(choice) {
    for (const [kind, path] of Object.entries(this.paths)) {
      path.classList.toggle("off", !choice[kind]);
    }
  }
}

/** Numbers of comments over time, slightly smoothed, divided by the largest. */
function densities({ comments, seconds }, generated) {
  const counts = new Float64Array(DENSITY_STEPS + 1);
  for (const { kind, time } of comments) {
    if ((kind === "generated") !== generated || time < 0 || time > seconds) continue;
    counts[Math.round((time / seconds) * DENSITY_STEPS)] += 1;
  }
  const smooth = [1, 2, 3].reduce((rough) => rough.map((count, n) =>
    ((rough[n - 1] ?? count) + 2 * count + (rough[n + 1] ?? count)) / 4), counts);
  const peak = Math.max(...smooth, Number.MIN_VALUE);
  return smooth.map((count) => count / peak);
}

/** The path of an SVG: from the line y = ground, upwards for direction -1, downwards for 1. */
function curve(heights, ground, direction) {
  const points = Array.from(heights, (height, n) => `L${n} ${(ground + direction * height).toFixed(3)}`);
  return `M0 ${ground}${points.join("")}L${heights.length - 1} ${ground}Z`;
}

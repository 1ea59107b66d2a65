"use strict";
// The video, what is drawn over it, and the controls beneath.

const SKIP = 5; // seconds
const DRIFT = 0.1; // seconds by which a video's clock may differ from the picture's

class Player extends EventTarget {
  constructor(report, choice) {
    super();
    this.report = report;
    this.choice = choice;
    this.video = byId("video");
    this.stage = byId("stage");
    this.still = null; // the time to show where the video cannot go to it
    this.wanted = null; // where to go once the video can
    this.quiet = false; // no comments are drawn
    this.clock = { at: 0, time: 0 };
    this.overlay = new Overlay(byId("overlay"), report, choice);
    this.timeline = new Timeline(report, choice, this);
    byId("player").style.setProperty("--ratio", report.stage[0] / report.stage[1]);
    this.followVideo();
    this.wireButtons();
    new ResizeObserver(() => this.resize()).observe(this.stage);
    choice.addEventListener("change", () => this.draw());
    this.video.src = report.media;
    this.showChoice();
    this.draw();
  }

  /** Where playback is, in seconds. */
  get time() {
    return this.still ?? this.wanted ?? this.video.currentTime;
  }

  /** Goes to a time; told of as "seek". */
  seek(time, told = true) {
    const target = Math.min(Math.max(0, time), this.report.seconds - 1e-3);
    if (told) this.dispatchEvent(new Event("seek"));
    if (this.video.error || (this.video.readyState > 0 && !this.reaches(target))) {
      this.still = target;
      if (!this.video.error) say(byId("trouble"), "watch.cannot_seek");
    } else {
      this.still = null;
      this.wanted = target;
      if (this.video.readyState > 0 && !this.video.seeking) this.video.currentTime = target;
    }
    this.draw();
  }

  reaches(time) {
    const { seekable } = this.video;
    for (let n = 0; n < seekable.length; n += 1) {
      if (seekable.start(n) - 0.5 <= time && time <= seekable.end(n) + 0.5) return true;
    }
    return false;
  }

  /** The next picture, or the one before. */
  step(pictures) {
    this.video.pause();
    const { frame } = this.report;
    this.seek((Math.floor(this.time / frame + 1e-3) + pictures + 0.5) * frame);
  }

  play() {
    this.still = null;
    if (!this.video.error) hush(byId("trouble"));
    this.video.play().catch(() => {});
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  draw(time = this.time) {
    if (this.quiet) this.overlay.draw(-1);
    else this.overlay.draw(time);
    this.timeline.show(time);
  }

  /** A clock that runs evenly between the steps of the video's. */
  smoothTime(now) {
    const { video, clock } = this;
    const running = !video.paused && !video.seeking && video.readyState > 2;
    const ahead = clock.time + ((now - clock.at) / 1000) * video.playbackRate;
    const off = this.time - ahead;
    clock.time = running && Math.abs(off) < DRIFT ? ahead + off / 10 : this.time;
    clock.at = now;
    return clock.time;
  }

  followVideo() {
    const { video } = this;
    const frame = (now) => {
      if (video.paused) return;
      this.draw(this.smoothTime(now));
      requestAnimationFrame(frame);
    };
    video.addEventListener("play", () => {
      this.stage.classList.add("started");
      requestAnimationFrame(frame);
    });
    for (const name of ["play", "pause"]) video.addEventListener(name, () => this.showPlaying());
    video.addEventListener("loadedmetadata", () => {
      if (this.wanted !== null) this.seek(this.wanted, false);
    });
    video.addEventListener("seeked", () => {
      const missed = this.wanted !== null && Math.abs(video.currentTime - this.wanted) > 0.05;
      if (missed && this.reaches(this.wanted)) video.currentTime = this.wanted;
      else this.wanted = null;
      this.draw();
    });
    for (const name of ["pause", "timeupdate", "loadeddata"]) {
      video.addEventListener(name, () => {
        if (video.paused) this.draw();
        this.dispatchEvent(new Event("time"));
      });
    }
    video.addEventListener("error", () => {
      this.still = this.time;
      this.stage.classList.add("broken");
      say(byId("trouble"), "watch.cannot_play");
    });
  }

  resize() {
    this.overlay.resize(this.stage.clientWidth, this.stage.clientHeight);
    this.draw();
    this.dispatchEvent(new Event("resize"));
  }

  wireButtons() {
    const { video, choice } = this;
    byId("play").addEventListener("click", () => this.toggle());
    byId("start").addEventListener("click", () => this.play());
    byId("mute").addEventListener("click", () => this.mute());
    byId("fullscreen").addEventListener("click", () => this.fullscreen());
    byId("volume").addEventListener("input", () => this.louder(0, Number(byId("volume").value)));
    byId("speed").addEventListener("change", () => {
      video.playbackRate = Number(byId("speed").value);
    });
    for (const what of ["generated", "viewers", "coloured"]) {
      byId(what).addEventListener("click", () => choice.toggle(what));
    }
    choice.addEventListener("change", () => this.showChoice());
    video.addEventListener("volumechange", () => this.showVolume());
    document.addEventListener("fullscreenchange", () =>
      this.fill(document.fullscreenElement !== null));
    document.addEventListener("spoken", () => this.showVolume());
    this.showVolume();
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  louder(by, from = this.video.volume) {
    this.video.volume = Math.min(1, Math.max(0, from + by));
    this.video.muted = false;
  }

  fullscreen() {
    const player = byId("player");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (player.requestFullscreen) player.requestFullscreen().catch(() => {});
    else this.fill(!player.classList.contains("full")); // of the page: an iPhone allows no more
  }

  fill(full) {
    byId("player").classList.toggle("full", full);
    rename(byId("fullscreen"), full ? "watch.unfullscreen" : "watch.fullscreen");
  }

  showPlaying() {
    const key = this.video.paused ? "watch.play" : "watch.pause";
    rename(byId("play"), key, this.video.paused ? "M8 5v14l11-7z" : "M6 5h4v14H6zm8 0h4v14h-4z");
  }

  showVolume() {
    const { muted, volume } = this.video, level = muted ? 0 : volume;
    byId("mute").classList.toggle("off", level === 0);
    rename(byId("mute"), level === 0 ? "watch.unmute" : "watch.mute");
    byId("volume").value = level;
    byId("volume").style.setProperty("--done", `${100 * level}%`);
    const told = phrase("watch.volume_value", { n: Math.round(100 * level) });
    byId("volume").setAttribute("aria-valuetext", told);
  }

  showChoice() {
    const { choice } = this;
    for (const what of ["generated", "viewers", "coloured"]) {
      byId(what).setAttribute("aria-pressed", String(choice[what]));
    }
    byId("generated").hidden = !choice.has.generated;
    byId("viewers").hidden = !choice.has.viewers;
    byId("coloured").hidden = !choice.has.generated && !choice.has.viewers;
  }
}

/** Names a button of an icon anew, and changes the icon where a path is given. */
function rename(button, key, path) {
  sayAs(button, "aria-label", key);
  sayAs(button, "title", key);
  if (path) button.querySelector("path").setAttribute("d", path);
}

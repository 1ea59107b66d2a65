"use strict";
// The video, the comments drawn over it, and the controls beneath.

const SKIP_SECONDS = 5;
const MAX_DRIFT = 0.1; // seconds between the clock of the video and that of the drawing

class Player extends EventTarget {
  constructor(report, choice) {
    super();
    this.report = report;
    this.choice = choice;
    this.video = byId("video");
    this.stage = byId("stage");
    this.still = null; // time to draw comments at where the video cannot go to it
    this.target = null; // where the video is to go, until it is there
    this.hidesComments = false;
    this.clock = { at: 0, time: 0 };
    this.overlay = new Overlay(byId("overlay"), report, choice);
    this.timeline = new Timeline(report, choice, this);
    this.loop = new Loop(this);
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
    return this.still ?? this.target ?? this.video.currentTime;
  }

  /** Goes to a time, in seconds; fires "seek" unless that is not wanted. */
  seek(time, fires = true) {
    const target = Math.min(Math.max(0, time), this.report.seconds - 1e-3);
    if (fires) this.dispatchEvent(new Event("seek"));
    if (this.video.error || (this.video.readyState > 0 && !this.reaches(target))) {
      this.still = target;
      if (!this.video.error) setPhrase(byId("trouble"), "watch.cannot_seek");
    } else {
      this.still = null;
      this.target = target;
      if (this.video.readyState > 0 && !this.video.seeking) this.video.currentTime = target;
    }
    this.draw();
  }

  /** Whether the video can go to a time: servers without range requests allow no jumps. */
  reaches(time) {
    const { seekable } = this.video;
    for (let n = 0; n < seekable.length; n += 1) {
      if (seekable.start(n) - 0.5 <= time && time <= seekable.end(n) + 0.5) return true;
    }
    return false;
  }

  /** Goes so many pictures on or, if negative, back. */
  step(pictures) {
    this.video.pause();
    const { frame } = this.report;
    // To the middle of the picture, so that rounding cannot show its neighbour.
    this.seek((Math.floor(this.time / frame + 1e-3) + pictures + 0.5) * frame);
  }

  play() {
    this.still = null;
    if (!this.video.error) clearPhrase(byId("trouble"));
    this.video.play().catch(() => {});
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  draw(time = this.time) {
    if (this.hidesComments) this.overlay.draw(-1);
    else this.overlay.draw(time);
    this.timeline.show(time);
  }

  /** The time to draw at: currentTime advances in steps, this runs evenly and follows it. */
  smoothTime(now) {
    const { video, clock } = this;
    const running = !video.paused && !video.seeking && video.readyState > 2;
    const expected = clock.time + ((now - clock.at) / 1000) * video.playbackRate;
    const lag = this.time - expected;
    clock.time = running && Math.abs(lag) < MAX_DRIFT ? expected + lag / 10 : this.time;
    clock.at = now;
    return clock.time;
  }

  followVideo() {
    const { video } = this;
    const frame = (now) => {
      if (video.paused) return;
      this.loop.follow();
      this.draw(this.smoothTime(now));
      requestAnimationFrame(frame);
    };
    video.addEventListener("play", () => {
      this.stage.classList.add("started");
      requestAnimationFrame(frame);
    });
    for (const name of ["play", "pause"]) video.addEventListener(name, () => this.showPlaying());
    video.addEventListener("loadedmetadata", () => {
      if (this.target !== null) this.seek(this.target, false);
    });
    video.addEventListener("seeked", () => {
      // While one jump was under way, the reader may have asked for another.
      const missed = this.target !== null && Math.abs(video.currentTime - this.target) > 0.05;
      if (missed && this.reaches(this.target)) video.currentTime = this.target;
      else this.target = null;
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
      setPhrase(byId("trouble"), "watch.cannot_play");
    });
  }

  resize() {
    this.overlay.resize(this.stage.clientWidth, this.stage.clientHeight);
    this.draw();
  }

  wireButtons() {
    const { video, choice } = this;
    byId("play").addEventListener("click", () => this.toggle());
    byId("start").addEventListener("click", () => this.play());
    byId("mute").addEventListener("click", () => this.toggleMute());
    byId("fullscreen").addEventListener("click", () => this.toggleFullscreen());
    byId("volume").addEventListener("input", () => this.changeVolume(0, Number(byId("volume").value)));
    byId("speed").addEventListener("change", () => {
      video.playbackRate = Number(byId("speed").value);
    });
    for (const name of ["generated", "viewers", "coloured"]) {
      byId(name).addEventListener("click", () => choice.toggle(name));
    }
    choice.addEventListener("change", () => this.showChoice());
    video.addEventListener("volumechange", () => this.showVolume());
    document.addEventListener("fullscreenchange", () =>
      this.fillPage(document.fullscreenElement !== null));
    document.addEventListener("languagechange", () => this.showVolume());
    this.showVolume();
  }

  toggleMute() {
    this.video.muted = !this.video.muted;
  }

  /** Changes the volume, 0 to 1, and unmutes. */
  changeVolume(by, from = this.video.volume) {
    this.video.volume = Math.min(1, Math.max(0, from + by));
    this.video.muted = false;
  }

  toggleFullscreen() {
    const player = byId("player");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (player.requestFullscreen) player.requestFullscreen().catch(() => {});
    else this.fillPage(!player.classList.contains("full")); // all that an iPhone allows
  }

  fillPage(full) {
    byId("player").classList.toggle("full", full);
    nameButton(byId("fullscreen"), full ? "watch.unfullscreen" : "watch.fullscreen");
  }

  showPlaying() {
    const key = this.video.paused ? "watch.play" : "watch.pause";
    nameButton(byId("play"), key, this.video.paused ? "M8 5v14l11-7z" : "M6 5h4v14H6zm8 0h4v14h-4z");
  }

  showVolume() {
    const { muted, volume } = this.video, level = muted ? 0 : volume;
    byId("mute").classList.toggle("off", level === 0);
    nameButton(byId("mute"), level === 0 ? "watch.unmute" : "watch.mute");
    byId("volume").value = level;
    byId("volume").style.setProperty("--done", `${100 * level}%`);
    const text = phrase("watch.volume_value", { n: Math.round(100 * level) });
    byId("volume").setAttribute("aria-valuetext", text);
  }

  showChoice() {
    const { choice } = this;
    for (const name of ["generated", "viewers", "coloured"]) {
      byId(name).setAttribute("aria-pressed", String(choice[name]));
    }
    byId("generated").hidden = !choice.has.generated;
    byId("viewers").hidden = !choice.has.viewers;
    byId("coloured").hidden = !choice.has.generated && !choice.has.viewers;
  }
}

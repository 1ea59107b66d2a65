"use strict";
// The samples of one epoch at a time, chosen by a slider or played one after the other.

{
  const epochs = JSON.parse(byId("progress-data").textContent);
  const slider = byId("sample-epoch"), play = byId("sample-play"), PAUSE = 250; // milliseconds
  let timer = 0;

  function show() {
    const [epoch, path] = epochs[slider.value];
    byId("sample").src = path;
    setPhrase(byId("sample-number"), "progress.number", { n: epoch });
    slider.setAttribute("aria-valuetext", byId("sample-number").textContent);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    setPhrase(play, "progress.play");
  }

  function step() {
    slider.value = Number(slider.value) + 1;
    show();
    if (Number(slider.value) === epochs.length - 1) stop();
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    for (const [, path] of epochs) new Image().src = path; // so that none is waited for
    slider.value = -1;
    show();
    setPhrase(play, "progress.stop");
    timer = setInterval(step, PAUSE);
  });
  slider.addEventListener("input", () => {
    if (timer) stop();
    show();
  });
  document.addEventListener("languagechange", show);
  show();
}

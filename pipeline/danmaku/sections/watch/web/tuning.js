"use strict";
// Sliders for how much of the comments is shown, and the words that nobody wants to read.

class Tuning {
  constructor(choice) {
    const panel = byId("tuning"), button = byId("tune");
    button.addEventListener("click", () => {
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
    });
    for (const name of TUNED) {
      const slider = byId(`tune-${name}`);
      slider.value = choice[name];
      showShare(slider);
      slider.addEventListener("input", () => {
        showShare(slider);
        choice.tune(name, Number(slider.value));
      });
    }
    const unwanted = byId("unwanted");
    unwanted.value = choice.unwanted;
    unwanted.addEventListener("input", () => choice.hide(unwanted.value));
  }
}

function showShare(slider) {
  const share = Number(slider.value), { min } = slider;
  slider.style.setProperty("--done", `${(100 * (share - min)) / (1 - min)}%`);
  slider.setAttribute("aria-valuetext", percentText(share));
}

"use strict";
// The keyboard, wherever it is not needed to write, to choose or to press a button.

const TYPED = "input:not([type=range]), textarea, select, [contenteditable]";
const PRESSED = "button, a, summary, [role=button]";
const SLID = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Does actions[key] when a key is pressed that is not somebody else's. */
function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.target instanceof Element ? event.target : document.body;
    if (at.closest("dialog[open]")) return;
    if (at.closest(TYPED)) return;
    if (event.key === " " && at.closest(PRESSED)) return;
    if (SLID.has(event.key) && at.closest("input, .scroller, [role=toolbar], .wide")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[event.shiftKey && key.length > 1 ? `Shift+${key}` : key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** The keys of the player's own parts. */
function playerKeys(player, choice) {
  const move = (seconds) => () => player.seek(player.time + seconds);
  byId("seek").addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) player.step(way);
    else move(way * SKIP)();
  });
  const help = byId("keys");
  byId("help").addEventListener("click", () => help.showModal());
  const toggle = () => player.toggle();
  return {
    " ": toggle,
    k: toggle,
    ArrowLeft: move(-SKIP),
    ArrowRight: move(SKIP),
    "Shift+ArrowLeft": () => player.step(-1),
    "Shift+ArrowRight": () => player.step(1),
    ArrowUp: () => player.louder(0.05),
    ArrowDown: () => player.louder(-0.05),
    m: () => player.mute(),
    f: () => player.fullscreen(),
    g: () => choice.toggle("generated"),
    v: () => choice.toggle("viewers"),
    "?": () => help.showModal(),
  };
}

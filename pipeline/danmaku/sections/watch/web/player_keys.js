"use strict";
// The keys of the player.

/** Actions by key, for listenToKeys; also wires the help, and the arrow keys of the seek bar. */
function playerKeys(player, choice) {
  const move = (seconds) => () => player.seek(player.time + seconds);
  byId("seek").addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) player.step(direction);
    else move(direction * SKIP_SECONDS)();
  });
  const help = byId("keys");
  byId("help").addEventListener("click", () => help.showModal());
  const toggle = () => player.toggle();
  return {
    " ": toggle,
    k: toggle,
    ArrowLeft: move(-SKIP_SECONDS),
    ArrowRight: move(SKIP_SECONDS),
    "Shift+ArrowLeft": () => player.step(-1),
    "Shift+ArrowRight": () => player.step(1),
    ArrowUp: () => player.changeVolume(0.05),
    ArrowDown: () => player.changeVolume(-0.05),
    m: () => player.toggleMute(),
    f: () => player.toggleFullscreen(),
    l: () => player.loop.press(),
    g: () => choice.toggle("generated"),
    v: () => choice.toggle("viewers"),
    "?": () => help.showModal(),
  };
}

"use strict";
// Keyboard shortcuts, except where a key is needed to write, to choose or to press a button.

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]";
const PRESSABLE = "button, a, summary, [role=button]";
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Calls actions[key] when a key is pressed that no control needs. */
function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("dialog[open]")) return;
    if (target.closest(TYPING)) return;
    if (event.key === " " && target.closest(PRESSABLE)) return;
    if (ARROWS.has(event.key) && target.closest("input, .scroller, [role=toolbar], .wide")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[event.shiftKey && key.length > 1 ? `Shift+${key}` : key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

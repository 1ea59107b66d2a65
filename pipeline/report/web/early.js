"use strict";
// Runs before anything is painted, so that a dark page never flashes up light.

/** What the reader chose once, or null; pages on disk may be denied a memory. */
function remembered(name) {
  try {
    return localStorage.getItem(`yajiuma-${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`yajiuma-${name}`, value);
  } catch {
    // It holds for this visit.
  }
}

const SYSTEM_DARK = matchMedia("(prefers-color-scheme: dark)");
let theme = remembered("theme") ?? "system";

/** Puts the page into "system", "light" or "dark". */
function wear(name) {
  theme = ["light", "dark"].includes(name) ? name : "system";
  const dark = theme === "system" ? SYSTEM_DARK.matches : theme === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

wear(theme);

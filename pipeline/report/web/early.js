"use strict";
// Runs before anything is painted, so that a dark page never flashes white.

/** What the reader chose earlier, or null; pages on disk may be denied storage. */
function recall(name) {
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
    // Then the choice lasts for this visit.
  }
}

const SYSTEM_DARK = matchMedia("(prefers-color-scheme: dark)");
let theme = recall("theme") ?? "system";

/** Changes the theme to "system", "light" or "dark". */
function setTheme(name) {
  theme = ["light", "dark"].includes(name) ? name : "system";
  const dark = theme === "system" ? SYSTEM_DARK.matches : theme === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

setTheme(theme);

"use strict";
// The switch between the system's theme, light and dark.

{
  const select = document.getElementById("theme");
  select.value = theme;
  select.addEventListener("change", () => {
    wear(select.value);
    remember("theme", theme);
  });
  SYSTEM_DARK.addEventListener("change", () => wear(theme));
}

"use strict";
// The choice between the system's theme, light and dark.

{
  const select = document.getElementById("theme");
  select.value = theme;
  select.addEventListener("change", () => {
    setTheme(select.value);
    remember("theme", theme);
  });
  SYSTEM_DARK.addEventListener("change", () => setTheme(theme));
}

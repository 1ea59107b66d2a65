"use strict";
// A picture beside its translation under a slider; the sheet and the buttons choose the two.

{
  const box = byId("compare-box"), slider = byId("compare-at"), picture = byId("compare-picture");
  const targets = [...byId("compare-targets").children];
  const rows = [...byId("compare-sheet").tBodies[0].rows];
  let target = targets.length - 1;

  const split = () => box.style.setProperty("--at", `${slider.value}%`);

  /** Shows in `image` what `other` shows. */
  function copy(image, other) {
    for (const name of ["src", "alt", "width", "height"]) {
      image.setAttribute(name, other.getAttribute(name));
    }
  }

  function show() {
    const [source, ...made] = rows[picture.selectedIndex].querySelectorAll("img");
    copy(byId("compare-source"), source);
    copy(byId("compare-target"), made[target]);
    box.style.setProperty("--aspect", source.getAttribute("width") / source.getAttribute("height"));
    targets.forEach((button, n) => button.setAttribute("aria-pressed", String(n === target)));
    byId("compare-before").disabled = picture.selectedIndex === 0;
    byId("compare-after").disabled = picture.selectedIndex === rows.length - 1;
  }

  function goTo(row, column = target) {
    picture.selectedIndex = row;
    target = column;
    show();
  }

  /** Splits the picture where the pointer is. */
  function follow({ clientX }) {
    const { left, width } = box.getBoundingClientRect();
    slider.value = 100 * (clientX - left) / width;
    split();
  }

  slider.addEventListener("input", split);
  box.addEventListener("pointerdown", (event) => {
    box.setPointerCapture(event.pointerId);
    follow(event);
  });
  box.addEventListener("pointermove", (event) => {
    if (box.hasPointerCapture(event.pointerId)) follow(event);
  });
  picture.addEventListener("change", show);
  byId("compare-before").addEventListener("click", () => goTo(picture.selectedIndex - 1));
  byId("compare-after").addEventListener("click", () => goTo(picture.selectedIndex + 1));
  targets.forEach((button, n) => button.addEventListener("click", () => goTo(picture.selectedIndex, n)));
  rows.forEach((row, n) => {
    row.querySelectorAll("button").forEach((button, column) => button.addEventListener("click", () => {
      goTo(n, column);
      byId("compare").scrollIntoView({ block: "nearest" });
    }));
  });
  split();
  show();
}

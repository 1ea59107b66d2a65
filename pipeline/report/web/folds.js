"use strict";
// Folds (fold.html.j2) open for an address that names them and for printing. Where there are any,
// a list of contents leads to them; narrow windows have no room for it beside the text.

/** Opens all that an element lies in, and itself. */
function unfold(element) {
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
}

/** A list of links to sections, and below each of them to its folds. */
function contentsOf(sections) {
  const contents = document.createElement("nav");
  contents.className = "contents";
  setPhraseAttribute(contents, "aria-label", "page.contents");
  const outer = document.createElement("ul");
  for (const section of sections) {
    const inner = document.createElement("ul");
    inner.append(...[...section.querySelectorAll(".fold")].map((fold) =>
      linkTo(fold.id, fold.querySelector("h3 [data-t]"))));
    const entry = linkTo(section.id, section.querySelector("h2 [data-t]"));
    entry.append(inner);
    outer.append(entry);
  }
  contents.append(outer, foldingButton());
  return contents;
}

function linkTo(id, { dataset }) {
  const entry = document.createElement("li"), link = phraseElement("a", dataset.t);
  link.href = `#${id}`;
  entry.append(link);
  return entry;
}

/** A button that opens all folds, or closes them where all are open. */
function foldingButton() {
  const button = phraseElement("button", "page.unfold");
  const folds = [...document.querySelectorAll(".fold")];
  const areOpen = () => folds.every(({ open }) => open);
  button.type = "button";
  button.addEventListener("click", () => {
    const open = !areOpen();
    for (const fold of folds) fold.open = open;
  });
  for (const fold of folds) {
    fold.addEventListener("toggle", () => setPhrase(button, areOpen() ? "page.fold" : "page.unfold"));
  }
  return button;
}

{
  const folded = [...document.querySelectorAll("main > section:has(.fold)")];
  if (folded.length > 0) folded[0].before(contentsOf(folded));
  const unfoldTarget = () => unfold(byId(location.hash.slice(1))); // :target may not be known yet
  document.addEventListener("click", ({ target }) => {
    const address = target.closest?.("a[href^='#']")?.getAttribute("href");
    if (address) unfold(byId(address.slice(1)));
  });
  addEventListener("hashchange", unfoldTarget);
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(".fold")) fold.open = true;
  });
  unfoldTarget();
}

"use strict";
// Tables of class "sortable": a button in each heading sorts by its column. Tables too wide for
// the page scroll in an element of class "wide", by the keyboard too.

function sortable(table) {
  const headings = [...(table.tHead?.rows[0].cells ?? [])];
  const [body] = table.tBodies;
  for (const heading of headings) {
    if (!heading.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...sorted([...body.rows], heading.cellIndex, down));
    });
  }
}

/** Rows by what is in a column, numbers before words; empty cells are last either way. */
function sorted(rows, column, down) {
  const order = new Intl.Collator(language, { numeric: true }).compare;
  const keyed = rows.map((row) => ({ row, key: sortKey(row.cells[column]) }));
  keyed.sort((a, b) => {
    if (a.key === "" || b.key === "") return (a.key === "") - (b.key === "");
    const numbers = typeof a.key === "number" && typeof b.key === "number";
    const sign = numbers ? a.key - b.key : order(String(a.key), String(b.key));
    return down ? -sign : sign;
  });
  return keyed.map(({ row }) => row);
}

function sortKey(cell) {
  const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

document.querySelectorAll("table.sortable").forEach(sortable);

const tooWide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll(".wide").forEach((element) => tooWide.observe(element));

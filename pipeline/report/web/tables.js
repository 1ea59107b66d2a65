"use strict";
// Tables of class "sortable" get a button in each heading that sorts by its column. Elements of
// class "wide" hold tables that may be too wide: they scroll, by the keyboard too.

function makeSortable(table) {
  const headings = [...(table.tHead?.rows[0].cells ?? [])];
  const [body] = table.tBodies;
  for (const heading of headings) {
    if (!heading.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const isDescending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      body.append(...sorted([...body.rows], heading.cellIndex, isDescending));
    });
  }
}

/** Rows sorted by a column, numbers before words; empty cells are last in either direction. */
function sorted(rows, column, isDescending) {
  const order = new Intl.Collator(language, { numeric: true }).compare;
  const keyed = rows.map((row) => ({ row, key: sortKey(row.cells[column]) }));
  keyed.sort((a, b) => {
    if (a.key === "" || b.key === "") return (a.key === "") - (b.key === "");
    const numbers = typeof a.key === "number" && typeof b.key === "number";
    const sign = numbers ? a.key - b.key : order(String(a.key), String(b.key));
    return isDescending ? -sign : sign;
  });
  return keyed.map(({ row }) => row);
}

/** The number or text that a cell is sorted by: its data-value, else what it shows. */
function sortKey(cell) {
  const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

document.querySelectorAll("table.sortable").forEach(makeSortable);

const overflow = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.classList.toggle("scrolls", target.scrollWidth > target.clientWidth);
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll(".wide").forEach((element) => overflow.observe(element));

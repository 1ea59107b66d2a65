"use strict";
// The table over all items: finds some by their names, and on a phone makes a card of each row.

/** Gives each cell its column's heading, which a card shows beside it. */
function labelCells(table) {
  const headings = [...table.tHead.rows[0].cells].map(({ textContent }) => textContent.trim());
  for (const row of table.tBodies[0].rows) {
    headings.forEach((heading, column) => { row.cells[column].dataset.label = heading; });
  }
}

{
  const tables = [...document.querySelectorAll(".items")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const names = rows.map((row) => folded(row.querySelector("th a").textContent));
  const find = byId("find");
  find.addEventListener("input", () => {
    const query = folded(find.value.trim());
    let count = 0;
    rows.forEach((row, n) => {
      row.hidden = !names[n].includes(query);
      if (!row.hidden) count += 1;
    });
    const values = { n: numberText(count), all: numberText(rows.length) };
    if (query) setPhrase(byId("found"), "table.found", values);
    else clearPhrase(byId("found"));
  });
  const label = () => tables.forEach(labelCells);
  document.addEventListener("languagechange", label);
  label();
}

"use strict";
// Files that a page makes itself, from what it shows.

/** Downloads a text as a file. */
function saveFile(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** A cell of a CSV file (RFC 4180). */
function csvCell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Downloads rows of cells, the first of them headings, as spreadsheets read it. */
function saveTable(name, rows) {
  const lines = rows.map((row) => row.map(csvCell).join(","));
  saveFile(name, "text/csv", `\ufeff${lines.join("\r\n")}\r\n`);
}

/** Downloads a value. */
function saveJson(name, value) {
  saveFile(name, "application/json", `${JSON.stringify(value, null, 1)}\n`);
}

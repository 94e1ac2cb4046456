// Tables that sort by a click on a header and, if they are long, have a filter.
"use strict";
(() => {
  const LONG = 12;
  const NUMBER = /^[-+]?(\d[\d,]*\.?\d*|\.\d+)(e[-+]?\d+)?/i;

  // The number that a cell begins with, such as that of "0.123 ± 0.004", "1,234" or "7.0e-14"; NaN if none.
  function numberOf(text) {
    const found = text.trim().match(NUMBER);
    return found ? Number(found[0].replaceAll(",", "")) : NaN;
  }

  // Compare two cells: as numbers if both begin with one, else as words; what is empty comes last.
  function compare(first, second) {
    if (!first || !second) return Number(!first) - Number(!second);
    const [one, other] = [numberOf(first), numberOf(second)];
    if (!Number.isNaN(one) && !Number.isNaN(other) && one !== other) return one - other;
    return first.localeCompare(second, "en", { numeric: true });
  }

  function sort(table, column, descending) {
    const body = table.tBodies[0];
    const text = (row) => row.cells[column].textContent.trim();
    const rows = [...body.rows].sort((a, b) => compare(text(a), text(b)) * (descending && text(a) && text(b) ? -1 : 1));
    body.append(...rows);
  }

  function makeSortable(table) {
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...header.childNodes);
      header.append(button);
      header.scope = "col";
      button.addEventListener("click", () => {
        const descending = header.getAttribute("aria-sort") === "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sort(table, column, descending);
      });
    });
  }

  function makeFilter(table, number) {
    const rows = [...table.tBodies[0].rows];
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("output");
    box.className = "filter";
    input.type = "search";
    input.id = `filter-${number}`;
    label.htmlFor = input.id;
    label.textContent = "Show rows with";
    count.textContent = `${rows.length} rows`;
    box.append(label, input, count);
    table.parentElement.before(box);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = rows.filter((row) => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        return !row.hidden;
      });
      count.textContent = `${shown.length} of ${rows.length} rows`;
    });
  }

  document.querySelectorAll(".table > table").forEach((table, number) => {
    if (!table.tHead || !table.tBodies.length || table.tBodies[0].rows.length < 2) return;
    makeSortable(table);
    if (table.tBodies[0].rows.length > LONG) makeFilter(table, number);
  });
})();

/* Sorts a table by a column: numbers by their own value, what is unknown last. Without this script the table is whole. */
"use strict";

(() => {
  const OP = "ascending", AF = "descending";

  function waarde(rij, kolom, telt) {
    const cel = rij.cells[kolom];
    if (!telt) return cel.textContent.trim().toLocaleLowerCase("nl");
    return cel.dataset.w === undefined ? null : Number(cel.dataset.w);
  }

  function vergelijk(een, ander) {
    return typeof een === "string" ? een.localeCompare(ander, "nl", { numeric: true }) : een - ander;
  }

  function sorteer(tabel, kop, kolom) {
    const richting = kop.getAttribute("aria-sort") === AF ? OP : kop.getAttribute("aria-sort") === OP ? AF : kop.classList.contains("getal") ? AF : OP;
    for (const ander of tabel.querySelectorAll("th[aria-sort]")) ander.removeAttribute("aria-sort");
    kop.setAttribute("aria-sort", richting);
    const rijen = [...tabel.tBodies[0].rows].map((rij) => [waarde(rij, kolom, "telt" in kop.dataset), rij]);
    rijen.sort(([een], [ander]) => {
      if (een === null || ander === null) return (een === null) - (ander === null);
      return richting === OP ? vergelijk(een, ander) : vergelijk(ander, een);
    });
    tabel.tBodies[0].append(...rijen.map(([, rij]) => rij));
  }

  for (const tabel of document.querySelectorAll("table.sorteer")) {
    for (const kop of tabel.querySelectorAll("thead th[data-kolom]")) {
      const knop = document.createElement("button");
      knop.type = "button";
      knop.title = "Sorteer op deze kolom";
      knop.append(...kop.childNodes);
      kop.append(knop);
      knop.addEventListener("click", () => sorteer(tabel, kop, Number(kop.dataset.kolom)));
    }
  }
})();

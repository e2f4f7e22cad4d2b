/* Zooms and moves the map of a policy comparison. Signs keep their size: they are scaled back as the map grows. */
"use strict";

(() => {
  const tekening = document.querySelector(".kaart > svg");
  const begin = tekening.viewBox.baseVal;
  const geheel = { x: begin.x, y: begin.y, breedte: begin.width, hoogte: begin.height };
  const beeld = { ...geheel };
  const KLEINST_M = 40, RONDE_MATEN = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

  const meterPerPunt = () => {
    const vak = tekening.getBoundingClientRect();
    return Math.max(beeld.breedte / vak.width, beeld.hoogte / vak.height);
  };

  function teken() {
    tekening.setAttribute("viewBox", `${beeld.x} ${beeld.y} ${beeld.breedte} ${beeld.hoogte}`);
    const meter = meterPerPunt();
    for (const teken of tekening.querySelectorAll("defs .vast")) teken.setAttribute("transform", `scale(${meter})`);
    const maat = RONDE_MATEN.filter((each) => each / meter <= 120).pop() || 1;
    const schaal = document.querySelector(".schaal");
    schaal.style.width = `${maat / meter}px`;
    schaal.textContent = maat >= 1000 ? `${maat / 1000} km` : `${maat} m`;
  }

  function zoom(factor, x, y) {
    const grens = Math.min(Math.max(beeld.breedte * factor, KLEINST_M), geheel.breedte * 1.5) / beeld.breedte;
    beeld.x = x - (x - beeld.x) * grens;
    beeld.y = y - (y - beeld.y) * grens;
    beeld.breedte *= grens;
    beeld.hoogte *= grens;
    teken();
  }

  const midden = () => [beeld.x + beeld.breedte / 2, beeld.y + beeld.hoogte / 2];
  const plaats = (gebeurtenis) => {
    const punt = new DOMPoint(gebeurtenis.clientX, gebeurtenis.clientY);
    const op = punt.matrixTransform(tekening.getScreenCTM().inverse());
    return [op.x, op.y];
  };

  tekening.addEventListener("wheel", (gebeurtenis) => {
    gebeurtenis.preventDefault();
    zoom(gebeurtenis.deltaY > 0 ? 1.25 : 0.8, ...plaats(gebeurtenis));
  }, { passive: false });
  let vast = null;
  tekening.addEventListener("pointerdown", (gebeurtenis) => {
    vast = plaats(gebeurtenis);
    tekening.setPointerCapture(gebeurtenis.pointerId);
  });
  tekening.addEventListener("pointermove", (gebeurtenis) => {
    if (!vast) return;
    const [x, y] = plaats(gebeurtenis);
    beeld.x += vast[0] - x;
    beeld.y += vast[1] - y;
    teken();
  });
  for (const einde of ["pointerup", "pointercancel"]) tekening.addEventListener(einde, () => { vast = null; });

  const knoppen = { in: () => zoom(0.6, ...midden()), uit: () => zoom(1.6, ...midden()), heel: () => { Object.assign(beeld, geheel); teken(); } };
  for (const knop of document.querySelectorAll("[data-zoom]")) knop.addEventListener("click", knoppen[knop.dataset.zoom]);

  const ring = tekening.querySelector(".gekozen");
  for (const knop of document.querySelectorAll("button.plek")) {
    knop.addEventListener("click", () => {
      const x = Number(knop.dataset.x), y = Number(knop.dataset.y), breedte = Math.min(beeld.breedte, 150);
      beeld.hoogte *= breedte / beeld.breedte;
      beeld.breedte = breedte;
      beeld.x = x - breedte / 2;
      beeld.y = y - beeld.hoogte / 2;
      ring.setAttribute("cx", x);
      ring.setAttribute("cy", y);
      ring.setAttribute("r", 4);
      teken();
    });
  }
  window.addEventListener("resize", teken);
  teken();
})();

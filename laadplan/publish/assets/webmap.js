/* The plankaart page: signs, popups and legend. Everything that comes from data goes in as text, never as markup. */
"use strict";

const kaart = {
  gegevens: { criteria: [], bronnen: "", kaart: "" },
  plaatsen: {},
  doeken: {},

  /* One canvas per pane: for the ground, which takes no clicks, and for the hatched areas, which SVG redraws badly. */
  doek(vlak) {
    this.doeken[vlak] = this.doeken[vlak] || L.canvas({ pane: vlak, padding: 0.3 });
    return this.doeken[vlak];
  },

  /* Hatching as a pattern of a canvas, in the colours of the legend. */
  arcering({ kleur, lijn, dikte, waas, richting }) {
    const maat = 10, scherp = 2;
    const tegel = Object.assign(document.createElement("canvas"), { width: maat * scherp, height: maat * scherp });
    const pen = tegel.getContext("2d");
    pen.scale(scherp, scherp);
    pen.globalAlpha = waas;
    pen.fillStyle = kleur;
    pen.fillRect(0, 0, maat, maat);
    pen.globalAlpha = 0.55;
    pen.strokeStyle = lijn;
    pen.lineWidth = dikte;
    for (const stap of [-maat, 0, maat]) {
      pen.moveTo(stap - 1, richting > 0 ? -1 : maat + 1);
      pen.lineTo(stap + maat + 1, richting > 0 ? maat + 1 : -1);
    }
    pen.stroke();
    const patroon = pen.createPattern(tegel, "repeat");
    patroon.setTransform(new DOMMatrix().scale(1 / scherp));
    return patroon;
  },

  maak(naam, eigenschappen, ...inhoud) {
    const deel = document.createElement(naam);
    for (const [sleutel, waarde] of Object.entries(eigenschappen || {})) deel.setAttribute(sleutel, waarde);
    for (const iets of inhoud) if (iets !== null && iets !== undefined && iets !== "") deel.append(iets);
    return deel;
  },

  /* The function that draws a point of a layer. */
  teken(laag) {
    const zetten = {
      voorkeurslocaties: (eigen, plek) => this.merk(eigen, plek, laag, 30, 1000, String(eigen.nummer)),
      reservelocaties: (eigen, plek) => this.merk(eigen, plek, laag, 20, 500),
      laadpalen: (eigen, plek) => this.merk(eigen, plek, laag, 22, 0),
      afgevallen: (eigen, plek) => new Kruis(plek, { pane: "afgevallen", radius: 4, color: "#555555", weight: 2 }),
      straat: (eigen, plek) => this.straat(eigen, plek),
      buurt: (eigen, plek) => this.buurt(eigen, plek),
    };
    return (onderdeel, plek) => zetten[laag](onderdeel.properties, plek);
  },

  merk(eigen, plek, laag, maat, hoogte, tekst) {
    const voorbeeld = document.querySelector(`template[data-laag="${laag}"]`);
    const inhoud = this.maak("span", {}, voorbeeld.content.cloneNode(true), tekst ? this.maak("b", {}, tekst) : null);
    const icon = L.divIcon({ className: "merk " + laag, html: inhoud, iconSize: [maat, maat], popupAnchor: [0, -maat / 2] });
    const naam = `${eigen.label}${eigen.nummer ? " " + eigen.nummer : ""}: ${eigen.titel}`;
    return this.benoemd(L.marker(plek, { icon, title: naam, zIndexOffset: hoogte, riseOnHover: true }), naam);
  },

  benoemd(teken, naam) {
    return teken.on("add", () => teken.getElement().setAttribute("aria-label", naam));
  },

  straat(eigen, plek) {
    const tekst = this.maak("span", {}, eigen.naam);
    tekst.style.transform = `rotate(${eigen.hoek}deg) translate(-50%, -50%)`;
    const icon = L.divIcon({ className: "straatnaam", html: tekst, iconSize: [0, 0] });
    return L.marker(plek, { icon, interactive: false, keyboard: false, pane: "straten" });
  },

  buurt(eigen, plek) {
    const icon = L.divIcon({ className: "buurtnaam", html: this.maak("span", {}, eigen.naam), iconSize: [0, 0] });
    return this.benoemd(L.marker(plek, { icon, zIndexOffset: -1000 }), eigen.titel);
  },

  /* What a click on a feature shows. */
  uitleg(onderdeel, laag) {
    const eigen = onderdeel.properties;
    if (!eigen.titel) return;
    if (eigen.arcering) laag.options.fillColor = kaart.arceringen[eigen.arcering];
    const breed = Math.min(460, window.innerWidth - 50);
    const ruimte = { autoPanPaddingTopLeft: [12, 12], autoPanPaddingBottomRight: [12, 12] };
    laag.bindPopup(() => kaart.inhoud(eigen), { maxWidth: breed, minWidth: Math.min(breed, 300), ...ruimte });
    if (eigen.soort === "voorkeurslocatie") kaart.plaatsen[eigen.code] = laag;
  },

  inhoud(eigen) {
    const maak = this.maak;
    const titel = eigen.nummer ? `${eigen.nummer}. ${eigen.titel}` : eigen.titel;
    const feiten = maak("dl", { class: "feiten" });
    for (const [naam, waarde] of eigen.rijen || []) feiten.append(maak("dt", {}, naam), maak("dd", {}, waarde));
    return maak("div", { class: "uitleg", tabindex: "0", role: "dialog", "aria-label": titel },
      maak("h2", {}, titel),
      eigen.label ? maak("p", { class: "etiket " + eigen.soort }, eigen.label) : null,
      eigen.tekst ? maak("p", {}, eigen.tekst) : null,
      feiten,
      eigen.oordelen && eigen.oordelen.length ? this.oordelen(eigen.oordelen) : null,
      eigen.code ? maak("p", { class: "code" }, "Code: " + eigen.code) : null);
  },

  oordelen(rijen) {
    const maak = this.maak;
    const kop = maak("tr", {}, ...["Gemeten", "Norm", "Oordeel"].map((naam) => maak("th", { scope: "col" }, naam)));
    const soorten = { "voldoet": ["ja", "✓"], "voldoet niet": ["nee", "✕"], "n.v.t.": ["nvt", "–"], "onbekend": ["onbekend", "?"] };
    const delen = rijen.map(([nummer, gemeten, oordeel]) => {
      const [naam, aard, norm, bron] = this.gegevens.criteria[nummer];
      const [klasse, teken] = soorten[oordeel];
      return maak("tbody", {},
        maak("tr", {}, maak("th", { scope: "rowgroup", colspan: "3" }, naam, " ", maak("small", {}, `(${aard})`))),
        maak("tr", {}, maak("td", {}, gemeten), maak("td", {}, norm),
          maak("td", {}, maak("span", { class: "oordeel " + klasse, "data-teken": teken }, oordeel))),
        maak("tr", { class: "bron" }, maak("td", { colspan: "3" }, "Bron: " + bron)));
    });
    return maak("table", { class: "oordelen" }, maak("caption", {}, "Getoetst aan de criteria"), maak("thead", {}, kop), ...delen);
  },

  gereed(gegevens) {
    this.gegevens = gegevens;
    this.arceringen = {};
    for (const [naam, soort] of Object.entries(gegevens.arceringen)) this.arceringen[naam] = this.arcering(soort);
  },

  begin() {
    const map = window[this.gegevens.kaart];
    L.control.zoom({ position: "topleft", zoomInTitle: "Inzoomen", zoomOutTitle: "Uitzoomen" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 100 }).addTo(map);
    this.noordpijl(map);
    const bronnen = L.control.attribution({ prefix: false }).addTo(map);
    bronnen.addAttribution(this.alsTekst(this.gegevens.bronnen));
    this.verhuisLegenda(map);
    map.on("zoomend", () => this.schikStraten(map));
    this.schikStraten(map);
    this.toegankelijk(map);
    for (const knop of document.querySelectorAll("button[data-locatie]")) knop.addEventListener("click", () => this.toon(map, knop.dataset.locatie));
  },

  /* Street names from near by only, those with most addresses first, none over another. */
  schikStraten(map) {
    map.getContainer().classList.toggle("ver", map.getZoom() < 16);
    const bezet = [];
    for (const naam of map.getPane("straten").querySelectorAll(".straatnaam span")) {
      const vak = naam.getBoundingClientRect();
      const raakt = bezet.some((b) => vak.left < b.right && vak.right > b.left && vak.top < b.bottom && vak.bottom > b.top);
      naam.style.visibility = raakt ? "hidden" : "";
      if (!raakt) bezet.push(vak);
    }
  },

  alsTekst(tekst) {
    const deel = document.createElement("span");
    deel.textContent = tekst;
    return deel.innerHTML;
  },

  noordpijl(map) {
    const pijl = L.control({ position: "topright" });
    pijl.onAdd = () => {
      const deel = document.createElement("div");
      deel.className = "noord";
      deel.setAttribute("role", "img");
      deel.setAttribute("aria-label", "Het noorden is boven");
      deel.append(document.querySelector('template[data-laag="noord"]').content.cloneNode(true), "N");
      return deel;
    };
    pijl.addTo(map);
  },

  /* Leaflet's own list of layers becomes the legend beside the map. */
  verhuisLegenda(map) {
    const lijst = map.getContainer().querySelector(".leaflet-control-layers");
    lijst.removeAttribute("aria-haspopup");
    lijst.querySelector(".leaflet-control-layers-toggle").remove();
    document.getElementById("lagen").append(lijst);
  },

  toegankelijk(map) {
    const vlak = map.getContainer();
    vlak.setAttribute("role", "application");
    vlak.setAttribute("aria-label", "Kaart. Verschuif met de pijltjes, zoom met plus en min, ga met Tab langs de locaties.");
    let vorige = null;
    map.on("popupopen", (gebeurtenis) => {
      const deel = gebeurtenis.popup.getElement();
      deel.addEventListener("keydown", (toets) => { if (toets.key === "Escape") map.closePopup(); });
      const sluiten = deel.querySelector(".leaflet-popup-close-button");
      if (sluiten) sluiten.setAttribute("aria-label", "Sluiten");
      vorige = document.activeElement;
      vlak.classList.add("met-uitleg");
      deel.querySelector(".uitleg").focus({ preventScroll: true });
    });
    map.on("popupclose", () => {
      vlak.classList.remove("met-uitleg");
      if (vorige && vorige.isConnected) vorige.focus({ preventScroll: true });
    });
  },

  toon(map, code) {
    const laag = this.plaatsen[code];
    if (!laag) return;
    if (window.matchMedia("(max-width: 56rem)").matches) map.getContainer().scrollIntoView({ block: "start" });
    map.setView(laag.getLatLng(), Math.max(map.getZoom(), 18), { animate: false });
    laag.openPopup();
  },
};

/* A cross in the place of a circle, for locations that dropped out. */
const Kruis = L.CircleMarker.extend({
  _updatePath() {
    const { x, y } = this._point;
    const r = this._radius;
    const lijn = this._empty() ? "M0 0" : `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`;
    this._renderer._setPath(this, lijn);
  },
});

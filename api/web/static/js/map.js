// The map beside its list. Each marker is made of a row: the list says all that the map does.
/* global L */

const RINGS_KM = [1, 5, 20];
const DOORS = { open: "ouvert", closed: "fermé", unknown: "horaires inconnus" };
const SIZE = 44;
// Markers stand so many pixels apart, and a line leads from each to its own place.
const APART = SIZE + 2;
const MOST_TURNS = 6;
const FARTHEST_KM = 60;
const KM_PER_DEGREE = 111.2;
// Shapes are of the same namespace as those that the page came with.
const SVG = document.querySelector("svg").namespaceURI;

class RelayMap {
  constructor(box) {
    this.box = box;
    this.rows = [...document.querySelectorAll(".relay[data-lat]")];
    this.markers = new Map();
    box.hidden = false;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(box, {
      zoomControl: false,
      attributionControl: false,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm,
      minZoom: 4,
      maxZoom: 18,
      // The page scrolls over the map; it zooms by its buttons, by + and −, or by two fingers.
      scrollWheelZoom: false,
    });
    L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(this.map);
    const { lat, lon } = box.dataset;
    this.centre = lat ? L.latLng(Number(lat), Number(lon)) : null;
    this.fit();
    this.ground();
    this.around();
    this.place();
    this.listen();
    // Last: where something above fails, the words stay.
    box.parentElement.querySelector("[data-without-map]").hidden = true;
  }

  ground() {
    const { tiles, attribution } = this.box.dataset;
    if (!tiles) return;
    this.box.classList.add("map--tiles");
    const text = document.createElement("span");
    text.textContent = attribution;
    L.control.attribution({ prefix: false }).addAttribution(text.innerHTML).addTo(this.map);
    L.tileLayer(tiles).addTo(this.map);
  }

  around() {
    if (!this.centre) return;
    for (const km of RINGS_KM) {
      L.circle(this.centre, { radius: km * 1000, className: "map__ring", interactive: false }).addTo(this.map);
      const top = L.latLng(this.centre.lat + km / KM_PER_DEGREE, this.centre.lng);
      this.label(top, "map__distance", `${km} km`);
    }
    this.label(this.centre, "map__centre", this.box.dataset.name);
  }

  label(at, className, text) {
    const words = document.createElement("span");
    words.textContent = text;
    const icon = L.divIcon({ html: words, className, iconSize: null });
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.map);
  }

  place() {
    this.leads = L.layerGroup().addTo(this.map);
    for (const row of this.rows) this.markers.set(row, this.marker(row));
    this.spread();
    this.map.on("zoomend", () => this.spread());
  }

  marker(row) {
    const { rank, door } = row.dataset;
    const name = row.querySelector("[data-result]").textContent;
    const icon = L.divIcon({
      html: pin(rank, door),
      className: `map__marker map__marker--${door}`,
      iconSize: [SIZE, SIZE],
    });
    const marker = L.marker(pointOf(row), { icon, zIndexOffset: -10 * Number(rank) }).addTo(this.map);
    const element = marker.getElement();
    element.setAttribute("aria-label", `${rank}. ${name}, ${DOORS[door]}`);
    element.title = name;
    marker.on("click", () => this.toRow(row));
    // A button to the ear must be one to the keyboard, which Leaflet leaves to its popups.
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.toRow(row);
    });
    return marker;
  }

  // Two doors of one street would hide each other: each finds the nearest free spot, the best relay first.
  spread() {
    this.leads.clearLayers();
    const taken = this.centre ? [this.map.latLngToLayerPoint(this.centre)] : [];
    for (const [row, marker] of this.markers) {
      const at = this.map.latLngToLayerPoint(pointOf(row));
      const spot = spots(at).find((free) => taken.every((other) => other.distanceTo(free) >= APART)) ?? at;
      taken.push(spot);
      marker.setLatLng(this.map.layerPointToLatLng(spot));
      if (spot === at) continue;
      const ends = [pointOf(row), marker.getLatLng()];
      L.polyline(ends, { className: "map__lead", interactive: false }).addTo(this.leads);
    }
  }

  fit() {
    const all = this.rows.map(pointOf);
    const near = this.centre ? all.filter((at) => at.distanceTo(this.centre) < FARTHEST_KM * 1000) : all;
    const shown = [...(near.length ? near : all), ...(this.centre ? [this.centre] : [])];
    if (!shown.length) this.map.setView([46.6, 2.4], 5);
    else this.map.fitBounds(L.latLngBounds(shown), { padding: [SIZE, SIZE], maxZoom: 14, animate: false });
  }

  listen() {
    for (const row of this.rows) {
      row.addEventListener("focusin", () => this.show(row));
      row.addEventListener("pointerenter", () => this.mark(row));
    }
  }

  toRow(row) {
    this.mark(row);
    const link = row.querySelector("[data-result]");
    link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  show(row) {
    this.mark(row);
    const at = this.markers.get(row).getLatLng();
    if (!this.map.getBounds().contains(at)) this.map.panTo(at);
  }

  mark(row) {
    for (const [other, marker] of this.markers) {
      other.classList.toggle("relay--marked", other === row);
      marker.getElement().classList.toggle("map__marker--chosen", other === row);
      marker.setZIndexOffset(other === row ? 1000 : -10 * Number(other.dataset.rank));
    }
  }
}

function pointOf(row) {
  return L.latLng(Number(row.dataset.lat), Number(row.dataset.lon));
}

// The place itself, then rings of places around it.
function spots(at) {
  const all = [at];
  for (let ring = 1; ring <= MOST_TURNS; ring += 1) {
    for (let step = 0; step < 8 * ring; step += 1) {
      const angle = (step * Math.PI) / (4 * ring);
      all.push(at.add([Math.cos(angle) * APART * ring, Math.sin(angle) * APART * ring]));
    }
  }
  return all;
}

// Open is full, closed is hollow, unknown is a dashed ring: shape and number, colour last.
function pin(rank, door) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 32 32");
  picture.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, door === "unknown" ? "circle" : "rect");
  const sizes =
    door === "unknown" ? { cx: 16, cy: 16, r: 13 } : { x: 3, y: 3, width: 26, height: 26, rx: 4 };
  for (const [name, value] of Object.entries(sizes)) shape.setAttribute(name, value);
  const number = document.createElementNS(SVG, "text");
  number.setAttribute("x", 16);
  number.setAttribute("y", 21.5);
  number.textContent = rank;
  picture.append(shape, number);
  return picture;
}

let drawn = null;

function draw() {
  // What was drawn before went with the answer that it belonged to.
  drawn?.map.remove();
  const box = document.querySelector("#carte");
  drawn = box && window.L ? new RelayMap(box) : null;
}

document.addEventListener("maillage:answer", draw);
draw();

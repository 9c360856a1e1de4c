// Filters apply as they are ticked: the same page is fetched, and its answer put in place of this one.

const SLOW_MS = 300;
// Ticked, or carried along from an earlier answer.
const RETAINED = "input[name=r]:checked, input[type=hidden][name=r]";
const WIDE = "(min-width: 64rem)";

export function applyFilters(root) {
  if (!root.querySelector("#reponse")) return;
  const swap = new Swap(root);
  openWhereThereIsRoom(root);
  root.addEventListener("change", (event) => {
    const form = event.target.closest("[data-filters] form");
    if (form) swap.go(addressOf(form), event.target);
  });
  root.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-filters]")) return;
    event.preventDefault();
    swap.go(addressOf(event.target));
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    swap.go(link.href);
  });
  addEventListener("popstate", () => swap.back());
}

function keysOf(boxes) {
  return [...boxes].map((box) => box.value);
}

function unseen(key) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "r", value: key });
  return field;
}

function addressOf(form) {
  return `${form.action}?${new URLSearchParams(new FormData(form))}`;
}

function openWhereThereIsRoom(root) {
  const panel = root.querySelector("#filtres");
  if (panel && matchMedia(WIDE).matches && !panel.closest(".answer--map")) panel.open = true;
}

class Swap {
  constructor(root) {
    this.root = root;
    this.said = root.querySelector("#dit");
    this.retained = [];
    this.shown = location.pathname + location.search;
  }

  // A step to an anchor of this page is none to another answer.
  back() {
    if (location.pathname + location.search !== this.shown) this.go(location.href, null, false);
  }

  async go(address, ticked = null, remember = true) {
    this.underway?.abort();
    const underway = new AbortController();
    this.underway = underway;
    const slow = setTimeout(() => this.say("Recherche en cours…", true), SLOW_MS);
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, signal: underway.signal });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = fresh.querySelector("#reponse");
      // A refusal is a page of its own.
      if (!found) location.assign(address);
      else this.show(found, fresh.title, address, remember);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      if (ticked) ticked.checked = !ticked.checked;
      this.say("La connexion est coupée : la réponse affichée est celle d’avant. Réessayez dans un instant.", true);
    } finally {
      clearTimeout(slow);
    }
  }

  show(found, title, address, remember) {
    const here = this.root.querySelector("#reponse");
    const opened = [...here.querySelectorAll("details[id][open]")].map((one) => one.id);
    const focused = here.contains(this.root.activeElement) ? this.root.activeElement.id : "";
    const lost = here.contains(this.root.activeElement);
    this.keepTicks(here, found);
    here.replaceWith(found);
    for (const id of opened) this.root.getElementById(id)?.setAttribute("open", "");
    if (remember) history.pushState(null, "", address);
    this.shown = location.pathname + location.search;
    this.root.title = title;
    this.keepQuestion(address);
    const next = focused && this.root.getElementById(focused);
    if (next && !next.disabled) next.focus({ preventScroll: true });
    else if (lost) found.querySelector("#resultats").focus({ preventScroll: true });
    this.say(found.querySelector("#compte").textContent, false);
    this.root.dispatchEvent(new CustomEvent("maillage:answer"));
  }

  // What was retained stays so; what the new answer does not show is sent along unseen.
  keepTicks(here, found) {
    if (here.querySelector(".picks")) this.retained = keysOf(here.querySelectorAll(RETAINED));
    const form = found.querySelector(".picks");
    if (!form) return;
    const boxes = new Map([...form.querySelectorAll("input[name=r]")].map((box) => [box.value, box]));
    for (const key of this.retained) {
      const box = boxes.get(key);
      if (box) box.checked = true;
      else form.append(unseen(key));
    }
  }

  // The form above is not replaced, so that what is being typed in it stays; its public follows the filters.
  keepQuestion(address) {
    const publics = new URL(address, location.href).searchParams.getAll("qui");
    const field = this.root.querySelector("#qui");
    if (field) field.value = publics[0] ?? "";
  }

  say(words, seen) {
    this.said.textContent = words;
    this.said.classList.toggle("said--seen", seen);
  }
}

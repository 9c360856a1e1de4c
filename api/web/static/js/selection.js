// The short list works without this. With it: print and copy buttons, and the list of this tab is remembered from one search
// to the next (sessionStorage: listing keys alone, gone with the tab or with "Vider").

const STORE = "maillage.selection";

const page = document.querySelector("[data-selection]");
const here = JSON.parse(page.dataset.selection);

function remembered() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    return Array.isArray(kept) ? kept.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

function remember(keys) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(keys));
  } catch {
    // A browser that keeps nothing: the address still holds the list.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(STORE);
  } catch {
    // Nothing was kept.
  }
}

function tell(words) {
  page.querySelector("[data-told]").textContent = words;
}

function offerEarlier() {
  const earlier = remembered().filter((key) => !here.includes(key));
  const offer = page.querySelector("[data-earlier]");
  if (earlier.length === 0) {
    if (here.length > 0) remember(here);
    return;
  }
  offer.querySelector("[data-earlier-count]").textContent = earlier.length === 1 ? "1 relais" : `${earlier.length} relais`;
  const address = new URLSearchParams([...here, ...earlier].map((key) => ["r", key]));
  offer.querySelector("[data-earlier-add]").href = `/selection?${address}`;
  offer.querySelector("[data-earlier-forget]").addEventListener("click", () => {
    if (here.length > 0) remember(here);
    else forget();
    offer.hidden = true;
    page.querySelector("a, button")?.focus();
  });
  offer.hidden = false;
}

async function copy() {
  const field = page.querySelector("#texte");
  try {
    await navigator.clipboard.writeText(field.value);
    tell("Texte copié.");
  } catch {
    // Without a secure connection the browser gives no clipboard: the text is chosen, the keys do the rest.
    page.querySelector("[data-text]").open = true;
    field.focus();
    field.select();
    tell("Le texte est sélectionné : copiez-le avec Ctrl + C.");
  }
}

function enhance() {
  const print = page.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
    const copier = page.querySelector("[data-copy]");
    copier.hidden = false;
    copier.addEventListener("click", copy);
    page.querySelector("[data-text]").open = false;
    page.querySelector("[data-forget]").addEventListener("click", forget);
    for (const away of page.querySelectorAll("[data-away]")) {
      away.addEventListener("click", () => {
        const key = here[[...page.querySelectorAll("[data-away]")].indexOf(away)];
        remember(remembered().filter((kept) => kept !== key));
      });
    }
  }
  offerEarlier();
}

enhance();

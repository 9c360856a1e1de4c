// Keyboard shortcuts: / search, arrows through the results, p why, o orient, r the front desk, m map or list, ? help. Never while someone
// types. Those
// of one character can be turned off: who speaks to the machine, or whose hand trembles, sets them off by chance.

const FIELDS = "input, select, textarea, [contenteditable]";
// A box to tick takes no letters.
const TICKED = "input[type=checkbox]";
const STORE = "maillage.keys";
const OFF = "off";

export function listenToKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || root.querySelector("dialog[open]")) return;
    // On the map the arrows move the map.
    if (event.target.closest(".map") && event.key.startsWith("Arrow")) return;
    if (event.key.length === 1 && turnedOff()) return;
    if (act(root, event.key)) event.preventDefault();
  });
  for (const link of root.querySelectorAll("[data-help-open]")) {
    link.addEventListener("click", (event) => {
      if (openHelp(root)) event.preventDefault();
    });
  }
  const off = root.querySelector("[data-keys-off]");
  off.checked = turnedOff();
  off.addEventListener("change", () => turn(off.checked));
}

function turnedOff() {
  try {
    return localStorage.getItem(STORE) === OFF;
  } catch {
    return false;
  }
}

function turn(off) {
  try {
    if (off) localStorage.setItem(STORE, OFF);
    else localStorage.removeItem(STORE);
  } catch {
    // A browser that keeps nothing leaves the keys as they are.
  }
}

function typing(target) {
  return target.matches(FIELDS) && !target.matches(TICKED);
}

function act(root, key) {
  switch (key) {
    case "/":
      return toSearch(root);
    case "ArrowDown":
      return toResult(root, 1);
    case "ArrowUp":
      return toResult(root, -1);
    case "p":
      return toggleWhy(root);
    case "o":
      return orient(root);
    case "m":
      return toOtherView(root);
    case "Escape":
      return closeOpened(root);
    case "r":
      return toDesk(root);
    case "?":
      return openHelp(root);
    default:
      return false;
  }
}

function toSearch(root) {
  const field = root.querySelector("[data-search]");
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

// Only whoever stands at a front door has this link.
function toDesk(root) {
  const link = root.querySelector("a[href='/accueil']");
  if (!link) return false;
  link.click();
  return true;
}

function toResult(root, step) {
  const results = [...root.querySelectorAll("[data-result]")];
  if (!results.length) return false;
  const here = results.findIndex((result) => result.closest("li").contains(root.activeElement));
  // From elsewhere on the page, down enters the list; up leaves the key to the page.
  if (here < 0 && step < 0) return false;
  const next = results[here + step];
  if (!next) return false;
  next.focus();
  next.closest("li").scrollIntoView({ block: "nearest" });
  return true;
}

function toggleWhy(root) {
  const why = root.activeElement?.closest("li")?.querySelector("details.why");
  if (!why) return false;
  why.open = !why.open;
  return true;
}

function orient(root) {
  const link = root.activeElement?.closest("li")?.querySelector("[data-orient]");
  if (!link) return false;
  link.click();
  return true;
}

function closeOpened(root) {
  const opened = root.activeElement?.closest("details.why[open], details.account[open]");
  if (!opened) return false;
  opened.open = false;
  opened.querySelector("summary").focus();
  return true;
}

function toOtherView(root) {
  const link = root.querySelector("[data-other-view]");
  if (!link) return false;
  link.click();
  return true;
}

function openHelp(root) {
  const help = root.querySelector("#aide-clavier");
  if (!help?.showModal) return false;
  help.showModal();
  return true;
}

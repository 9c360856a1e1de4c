// Every page works without these; they shorten the way for those who come twenty times a day.
import { enhanceCombos } from "./combobox.js";
import { applyFilters } from "./filters.js";
import { followInbox } from "./inbox.js";
import { listenToKeys } from "./keys.js";
import { offerNear } from "./near.js";
import { warnBeforeEnd } from "./session.js";

document.documentElement.classList.add("js");
enhanceCombos(document);
applyFilters(document);
offerNear(document);
listenToKeys(document);
warnBeforeEnd(document);
followInbox(document);

// Keeps the shell and the emergency numbers for a moment without network; never an answer.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}

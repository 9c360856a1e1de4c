// Every page works without these; they shorten the way for those who come twenty times a day.
import { enhanceCombos } from "./combobox.js";
import { listenToKeys } from "./keys.js";

enhanceCombos(document);
listenToKeys(document);

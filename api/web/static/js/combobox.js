// Completion on a text field: the combobox pattern of the ARIA Authoring Practices, list autocomplete, manual selection.

const PAUSE_MS = 120;
const SLOW_MS = 300;
const FEWEST_LETTERS = 2;

export function enhanceCombos(root) {
  for (const box of root.querySelectorAll("[data-complete]")) {
    new Combobox(box);
  }
}

class Combobox {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[type='text']");
    this.chosen = box.dataset.chosen ? box.querySelector(`input[name='${box.dataset.chosen}']`) : null;
    this.options = [];
    this.active = -1;
    this.build();
    this.listen();
  }

  build() {
    const id = `${this.input.id}-liste`;
    this.list = document.createElement("ul");
    this.list.id = id;
    this.list.className = "combo__list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", `Propositions de ${this.box.dataset.words}`);
    this.list.hidden = true;
    // A list that scrolls would be a stop of the tab key.
    this.list.tabIndex = -1;
    this.told = document.createElement("span");
    this.told.className = "hidden-visually";
    this.told.setAttribute("role", "status");
    this.box.append(this.list, this.told);
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", id);
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // The field keeps the focus while an option is pressed.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role='option']");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  typed() {
    if (this.chosen) this.chosen.value = "";
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < FEWEST_LETTERS) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), PAUSE_MS);
  }

  async ask(text) {
    // A slow answer to an older text is not shown over a newer one, nor waited for.
    this.underway?.abort();
    const underway = new AbortController();
    this.underway = underway;
    const slow = setTimeout(() => (this.told.textContent = "Recherche de propositions…"), SLOW_MS);
    try {
      const address = `${this.box.dataset.complete}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: underway.signal });
      const found = answer.ok ? await answer.json() : [];
      if (document.activeElement === this.input && !underway.signal.aborted) this.show(found);
    } catch {
      // Without network the field is a plain one: what is typed is understood all the same.
      if (!underway.signal.aborted) this.close();
    } finally {
      clearTimeout(slow);
    }
  }

  show(found) {
    this.options = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((option, number) => this.element(option, number)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    const plural = found.length > 1 ? "s" : "";
    this.told.textContent = found.length ? `${found.length} proposition${plural}` : "Aucune proposition";
  }

  element(option, number) {
    const element = document.createElement("li");
    element.id = `${this.list.id}-${number}`;
    element.className = "combo__option";
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.textContent = option.text;
    const hint = document.createElement("span");
    hint.className = "combo__hint";
    hint.textContent = option.hint;
    element.append(text, " ", hint);
    return element;
  }

  key(event) {
    const open = !this.list.hidden;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
        else if (this.input.value.trim()) this.ask(this.input.value.trim());
        break;
      case "Enter":
        if (open && this.active >= 0) {
          event.preventDefault();
          this.choose(this.active);
        }
        break;
      case "Escape":
        // Proposals that are on their way are not wanted either.
        if (open) event.preventDefault();
        this.close();
        break;
      default:
    }
  }

  move(step) {
    const count = this.options.length;
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    // From the field itself (-1), up goes to the last option.
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    const option = this.list.children[this.active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose(number) {
    const option = this.options[number];
    this.input.value = option.text;
    if (this.chosen) this.chosen.value = option.id;
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.underway?.abort();
    // Nothing stays behind, to the eye or to the ear, of proposals that are no more.
    this.list.hidden = true;
    this.list.replaceChildren();
    this.options = [];
    this.told.textContent = "";
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

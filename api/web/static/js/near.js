// "Autour de moi": where the asker is, rounded to about a hundred metres, and only once they have asked for it.

const WAIT_MS = 8000;
// Who has tapped a problem waits no longer than this: the place can still be told on the next page.
const PATIENCE_MS = 3000;
const AGE_MS = 300000;
const DECIMALS = 3;

export function offerNear(root) {
  const box = root.querySelector("[data-near]");
  if (box && navigator.geolocation) new Near(box);
}

class Near {
  constructor(box) {
    this.form = box.closest("form");
    this.button = box.querySelector("button");
    this.status = box.querySelector("[role=status]");
    this.field = this.form.querySelector("[name=ici]");
    this.place = this.form.querySelector("[name=ou]");
    // Each wish has its number: what comes for an older one, after something was typed, comes too late.
    this.turn = 0;
    box.hidden = false;
    this.button.addEventListener("click", () => (this.field.disabled ? this.ask() : this.forget()));
    this.place.addEventListener("input", () => this.forget());
    this.form.addEventListener("submit", (event) => this.wait(event));
    this.askIfAllowed();
  }

  // Who has allowed it once on this site has a page that knows: one tap less. Nobody else is asked.
  async askIfAllowed() {
    if (!this.form.classList.contains("question--large") || !navigator.permissions) return;
    const allowed = await navigator.permissions.query({ name: "geolocation" }).catch(() => null);
    if (allowed?.state === "granted" && !this.place.value && this.field.disabled) this.ask();
  }

  ask() {
    this.turn += 1;
    const turn = this.turn;
    this.status.textContent = "Recherche de votre position…";
    this.looking = new Promise((done) => {
      navigator.geolocation.getCurrentPosition(
        (found) => done(this.found(found.coords, turn)),
        (fault) => done(this.lost(fault, turn)),
        { timeout: WAIT_MS, maximumAge: AGE_MS },
      );
    });
  }

  found({ latitude, longitude }, turn) {
    if (turn !== this.turn) return;
    this.looking = null;
    this.field.value = `${latitude.toFixed(DECIMALS)},${longitude.toFixed(DECIMALS)}`;
    this.field.disabled = false;
    this.place.value = "";
    this.form.querySelector("[name=lieu]").value = "";
    this.place.placeholder = "Autour de vous";
    this.button.setAttribute("aria-pressed", "true");
    this.status.textContent = "Position trouvée.";
  }

  lost(fault, turn) {
    if (turn !== this.turn) return;
    this.looking = null;
    this.status.textContent =
      fault.code === fault.PERMISSION_DENIED
        ? "Votre appareil ne donne pas sa position. Écrivez la commune."
        : "Position introuvable. Écrivez la commune.";
  }

  forget() {
    this.turn += 1;
    this.looking = null;
    this.field.disabled = true;
    this.field.value = "";
    this.place.placeholder = "";
    this.button.setAttribute("aria-pressed", "false");
    this.status.textContent = "";
  }

  // A problem tapped while the position is on its way waits for it.
  wait(event) {
    if (!this.looking) return;
    event.preventDefault();
    const patience = new Promise((done) => setTimeout(done, PATIENCE_MS));
    Promise.race([this.looking, patience]).then(() => {
      this.looking = null;
      this.form.requestSubmit(event.submitter);
    });
  }
}

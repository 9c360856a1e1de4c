// Before a session ends for want of activity: says when, and prolongs it without leaving the page. The server decides.

const WARN_MS = 300000;
const LOOK_MS = 15000;
const NO_BREAK = "\u00a0";

export function warnBeforeEnd(root) {
  const box = root.querySelector("[data-session-end]");
  if (box) new SessionEnd(box);
}

class SessionEnd {
  constructor(box) {
    this.box = box;
    this.words = box.querySelector("[data-session-words]");
    this.form = box.querySelector("form");
    this.ends = Number(box.dataset.ends);
    this.adds = Number(box.dataset.adds);
    this.last = Number(box.dataset.last);
    this.form.addEventListener("submit", (event) => this.prolong(event));
    // A page that the back button brings again, or a device that wakes up, looks at once.
    for (const name of ["pageshow", "focus"]) window.addEventListener(name, () => this.look());
    setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  look() {
    const left = this.ends - Date.now();
    this.box.hidden = left > WARN_MS;
    if (this.box.hidden) return;
    const over = left <= 0;
    // The absolute end cannot be moved.
    this.form.hidden = over || this.ends >= this.last;
    this.say(over ? "Votre session a pris fin : connectez-vous à nouveau avant d’enregistrer." : warning(this.ends));
  }

  // Said once: a screen reader reads every change.
  say(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  async prolong(event) {
    event.preventDefault();
    try {
      const answer = await fetch(this.form.action, { method: "POST", headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      this.ends = Math.min(Date.now() + this.adds, this.last);
      this.look();
    } catch {
      this.say("La session n’a pas pu être prolongée : enregistrez votre travail, puis rechargez la page.");
    }
  }
}

function warning(ends) {
  const at = new Date(ends).toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Paris" });
  return `Sans activité, votre session prend fin à ${at.replace(":", `${NO_BREAK}h${NO_BREAK}`)}.`;
}

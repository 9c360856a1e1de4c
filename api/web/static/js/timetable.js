// The buttons of rows and the preview without leaving the page: the same address is fetched, and put in place of this form.

const PAUSE_MS = 400;
const editor = () => document.querySelector("#editeur");

let underway = null;
let pause = 0;

function addressOf(form, act) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("faire", act);
  return `${form.getAttribute("action")}?${fields}`;
}

async function asked(form, act) {
  underway?.abort();
  underway = new AbortController();
  const answer = await fetch(addressOf(form, act), { headers: { accept: "text/html" }, signal: underway.signal });
  if (!answer.ok || answer.redirected) throw new Error("not a form");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Rows move: the whole form is put anew, and the focus where the page says.
async function press(form, button) {
  try {
    const fresh = (await asked(form, button.value)).querySelector("#editeur");
    form.replaceWith(fresh);
    const next = fresh.querySelector("[data-next]") ?? document.getElementById(button.id);
    next?.focus();
  } catch (fault) {
    // Without an answer the button does what it does without this file.
    if (fault.name !== "AbortError") location.assign(addressOf(form, button.value));
  }
}

// While someone types only the preview moves: a field that is being filled in is never taken away.
async function preview(form) {
  try {
    const fresh = (await asked(form, "voir")).querySelector("#apercu");
    if (fresh) document.querySelector("#apercu").replaceChildren(...fresh.children);
  } catch {
    // The preview stays as it was; saving says what is wrong.
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#editeur [data-row]");
  if (!button) return;
  event.preventDefault();
  clearTimeout(pause);
  press(editor(), button);
});

document.addEventListener("change", (event) => {
  if (!event.target.closest("#editeur")) return;
  clearTimeout(pause);
  pause = setTimeout(() => preview(editor()), PAUSE_MS);
});

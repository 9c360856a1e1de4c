// The front desk: reasons appear as the words are typed, danger shows its numbers at once, and two keys end a call. All of it
// works without this: the form has a button for each.

const PAUSE_MS = 300;

for (const field of document.querySelectorAll("[data-words-read]")) readWords(field);
for (const button of document.querySelectorAll("[data-danger-open]")) openDanger(button);
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  const form = document.querySelector("#contact");
  if (!form) return;
  if (key === "d") press(event, form.querySelector("[data-danger-open]"));
  else if (key === "r") press(event, form.querySelector("button[value='repondu']"));
});

function press(event, button) {
  if (!button) return;
  event.preventDefault();
  button.click();
}

// The numbers are on the page already: nothing is asked of the network, and what was typed stays as it is.
function openDanger(button) {
  const section = document.querySelector("[data-danger]");
  if (!section) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    showDanger(section, button.form);
    section.focus();
  });
}

function showDanger(section, form) {
  section.hidden = false;
  section.scrollIntoView({ block: "start" });
  if (form.querySelector("input[name='danger']")) return;
  const said = document.createElement("input");
  said.type = "hidden";
  said.name = "danger";
  said.value = "1";
  form.append(said);
}

function readWords(field) {
  const form = field.form;
  const list = form.querySelector("[data-reasons]");
  let timer = 0;
  let underway = null;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("change", () => {
    clearTimeout(timer);
    ask();
  });

  async function ask() {
    underway?.abort();
    underway = new AbortController();
    const text = field.value.trim();
    if (!text) return show([]);
    try {
      const body = new URLSearchParams({ mots: text });
      const answer = await fetch(field.dataset.wordsRead, { method: "POST", body, signal: underway.signal });
      if (!answer.ok) return;
      const read = await answer.json();
      show(read.reasons);
      const section = document.querySelector("[data-danger]");
      if (read.danger.length && section && section.hidden) showDanger(section, form);
    } catch {
      // Without network the words are read when the form is sent.
    }
  }

  // What was read from words that have changed since goes away, unless someone touched it.
  function show(reasons) {
    const wanted = new Set(reasons.map((reason) => reason.id));
    for (const item of list.querySelectorAll("li[data-read]")) {
      if (!wanted.has(item.dataset.read)) item.remove();
    }
    const seen = new Set([...form.querySelectorAll("input[name='lu']")].map((one) => one.value));
    for (const reason of reasons) if (!seen.has(reason.id)) list.append(chip(reason));
  }
}

function chip(reason) {
  const item = document.createElement("li");
  item.dataset.read = reason.id;
  const label = document.createElement("label");
  label.className = "chip desk__chip";
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "c", value: reason.id, checked: true });
  box.addEventListener("change", () => delete item.dataset.read);
  const text = document.createElement("span");
  text.textContent = reason.text;
  label.append(box, text);
  const seen = document.createElement("input");
  Object.assign(seen, { type: "hidden", name: "lu", value: reason.id });
  item.append(label, seen);
  return item;
}

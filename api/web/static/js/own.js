// A person's own page works without this. It leaves at the press of a key, warns before the page closes, and keeps no copy.
const WARN_SECONDS = 120;
const LOOK_MS = 5000;

const leave = document.querySelector("[data-leave]");
if (leave) {
  leave.addEventListener("submit", (event) => {
    event.preventDefault();
    goAway();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") goAway();
  });
  // A page that the back button brings again is asked for anew: the door says whether it is still open.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

// The page is gone from the screen and from the history before the server has answered.
function goAway() {
  document.body.replaceChildren();
  document.title = "Page fermée";
  fetch(leave.action, { method: "POST", keepalive: true, redirect: "manual" })
    .catch(() => {})
    .finally(() => location.replace("/p/fin"));
}

const closes = document.querySelector("[data-closes]");
if (closes) {
  const ends = Date.now() + Number(closes.dataset.closes) * 1000;
  setInterval(() => {
    const left = ends - Date.now();
    if (left <= 0) location.replace("/p/fin?temps");
    else if (left < WARN_SECONDS * 1000 && !closes.classList.contains("own__closes--soon")) {
      closes.classList.add("own__closes--soon");
      closes.querySelector("p").prepend("Cette page va se fermer. ");
      closes.scrollIntoView({ block: "center" });
    }
  }, LOOK_MS);
}

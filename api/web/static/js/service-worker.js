// Without network: the start page, help and the emergency numbers stay. VERSION, PAGES and FILES are written above.
// No answer is ever kept: what someone looked for says too much of them to whoever holds the telephone next.
/* global VERSION, PAGES, FILES */

const KEPT = `maillage-${VERSION}`;
const OFFLINE = "/hors-ligne";

self.addEventListener("install", (event) => {
  // A page is never of two versions: it names its files by theirs. So nothing is gained by waiting for open tabs.
  self.skipWaiting();
  // The pages of a visitor, whoever is signed in: what is kept must name nobody.
  const pages = PAGES.map((path) => new Request(path, { credentials: "omit" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([...pages, ...FILES])));
});

self.addEventListener("activate", (event) => {
  const older = (names) => names.filter((name) => name.startsWith("maillage-") && name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(older(names).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => instead(pathname)));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
});

function kept(path) {
  return caches.open(KEPT).then((cache) => cache.match(path));
}

async function instead(pathname) {
  return (PAGES.includes(pathname) && (await kept(pathname))) || (await kept(OFFLINE)) || Response.error();
}

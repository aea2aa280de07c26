// Service worker: keeps the page itself, so that a scanner starts with the gateway out of reach. It never keeps
// an answer of the gateway. VERSION and FILES are filled in by the build.
const VERSION = "vratar-__VERSION__";
const FILES = ["__FILES__"];
const PATIENCE_MS = 2500; // how long a start waits for a slow gateway before the kept page is used

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  // The previous version's files stay one generation longer: a page opened before may still ask for them.
  event.waitUntil(
    caches
      .keys()
      .then((keys) => keys.filter((k) => k.startsWith("vratar-") && k !== VERSION))
      .then((old) => Promise.all(old.slice(0, -1).map((k) => caches.delete(k))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/") event.respondWith(page(request));
  else if (FILES.includes(url.pathname) || url.pathname.startsWith("/assets/")) event.respondWith(file(request));
});

/** The newest page if the gateway answers soon, else the kept one. */
async function page(request) {
  const kept = await caches.open(VERSION).then((c) => c.match("/"));
  try {
    const options = kept ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {};
    const fresh = await fetch(request, options);
    return fresh.ok || !kept ? fresh : kept;
  } catch (err) {
    if (kept) return kept;
    throw err;
  }
}

/** A file with a hash in its name never changes, so the kept copy is as good as any. */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

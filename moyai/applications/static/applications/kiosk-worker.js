/* Keeps one page and what it is drawn with. The page comes from the network while there is one; else the kept copy. */
"use strict";
const KEPT = "kiosk:" + PAGE;

self.addEventListener("install", function (event) {
  event.waitUntil(
    caches.open(KEPT).then(function (cache) {
      return cache.addAll([PAGE].concat(FILES));
    }).then(function () { return self.skipWaiting(); })
  );
});

self.addEventListener("activate", function (event) {
  event.waitUntil(self.clients.claim());
});

function fresh(request, cache, key) {
  return fetch(request).then(function (response) {
    if (response.ok && !response.redirected) cache.put(key, response.clone());
    else if (response.status === 410 || response.status === 404) cache.delete(key);
    return response;
  });
}

function soon(promise, milliseconds) {
  return new Promise(function (resolve, reject) {
    setTimeout(reject, milliseconds);
    promise.then(resolve, reject);
  });
}

self.addEventListener("fetch", function (event) {
  const request = event.request;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && url.pathname === PAGE;
  if (!isPage && FILES.indexOf(url.pathname) < 0) return;
  event.respondWith(
    caches.open(KEPT).then(function (cache) {
      const key = isPage ? PAGE : url.pathname;
      return cache.match(key).then(function (kept) {
        if (!kept) return fresh(request, cache, key);
        return soon(fresh(request, cache, key), 4000).catch(function () { return kept; });
      });
    })
  );
});

/* 会場の端末: the page works without this file. With it: questions appear as they apply, answers wait on the tablet
   while there is no network and are sent once each, and the page begins anew for the next visitor. */
(function () {
  "use strict";
  var form = document.querySelector("[data-kiosk]");
  if (!form) return;
  var root = document.documentElement;
  var words = form.dataset;
  var start = document.querySelector("[data-kiosk-start]");
  var thanks = document.querySelector("[data-kiosk-thanks]");
  var status = document.querySelector("[data-kiosk-status]");
  var problems = document.querySelector("[data-kiosk-problems]");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("[data-question]"));
  var idleMs = Number(words.idle) * 1000;
  var thanksMs = 5000;
  var idleTimer = null;
  var sending = false;
  root.dataset.kioskReady = "1";

  /* -- answers as the form has them --------------------------------------------------------------------------- */
  function inputs(box) {
    return Array.prototype.slice.call(box.querySelectorAll("input, select, textarea"));
  }
  function valueOf(box) {
    var id = box.dataset.question, kind = box.dataset.kind, found = inputs(box);
    function picked(name) {
      return found.filter(function (one) {
        return one.name === name && ((one.type !== "radio" && one.type !== "checkbox") || one.checked) && one.value !== "";
      }).map(function (one) { return one.value; });
    }
    var own = picked(id);
    if (kind === "yes_no") return own.length ? own[0] === "yes" : null;
    if (kind === "consent") return own.length ? true : null;
    if (kind === "number") return own.length && /^-?\d+$/.test(own[0].trim()) ? Number(own[0]) : null;
    if (kind === "multiple_choice") return own.length ? own : null;
    if (kind === "matrix" || kind === "ranking") {
      var parts = {}, any = false;
      found.forEach(function (one) {
        if (one.name.indexOf(id + "__") !== 0) return;
        var value = picked(one.name)[0];
        if (value !== undefined) { parts[one.name.slice(id.length + 2)] = value; any = true; }
      });
      if (!any) return null;
      return kind === "matrix" ? parts : Object.keys(parts).sort().map(function (place) { return parts[place]; });
    }
    return own.length && own[0].trim() ? own[0].trim() : null;
  }

  /* -- conditions of the edition; an operator we do not know asks the question, and the server decides ---------- */
  function Unknown() {}
  function evaluate(expression, answers) {
    if (expression === null || typeof expression !== "object") return expression;
    var name = Object.keys(expression)[0], given = expression[name];
    function at(place) { return evaluate(given[place], answers); }
    function there(value) { return value !== null && value !== undefined; }
    function pair(compare) {
      var one = at(0), other = at(1);
      return there(one) && there(other) && compare(one, other);
    }
    switch (name) {
      case "field": return there(answers[given]) ? answers[given] : null;
      case "is_present": return there(answers[given]);
      case "and": return given.every(function (part) { return evaluate(part, answers) === true; });
      case "or": return given.some(function (part) { return evaluate(part, answers) === true; });
      case "not": return evaluate(given, answers) !== true;
      case "eq": return pair(function (a, b) { return a === b; });
      case "ne": return pair(function (a, b) { return a !== b; });
      case "lt": return pair(function (a, b) { return a < b; });
      case "le": return pair(function (a, b) { return a <= b; });
      case "gt": return pair(function (a, b) { return a > b; });
      case "ge": return pair(function (a, b) { return a >= b; });
      case "in": return given[1].indexOf(at(0)) >= 0;
      case "includes":
        var many = at(0);
        if (!there(many)) return false;
        return (Array.isArray(many) ? many : Object.keys(many).map(function (key) { return many[key]; })).indexOf(at(1)) >= 0;
      case "part":
        var whole = answers[given.field];
        return there(whole) && there(whole[given.part]) ? whole[given.part] : null;
      case "size":
        var counted = evaluate(given, answers);
        if (!there(counted)) return 0;
        return Array.isArray(counted) ? counted.length : Array.from(String(counted)).length;
      default: throw new Unknown();
    }
  }
  function isAsked(box, answers) {
    if (!box.dataset.when) return true;
    try { return evaluate(JSON.parse(box.dataset.when), answers) === true; } catch (problem) { return true; }
  }
  function arrange() {
    /* A hidden question has no answer, which may hide others: until nothing changes. */
    var asked = boxes.map(function () { return true; });
    for (var turn = 0; turn <= boxes.length; turn++) {
      var answers = {};
      boxes.forEach(function (box, n) { answers[box.dataset.question] = asked[n] ? valueOf(box) : null; });
      var next = boxes.map(function (box) { return isAsked(box, answers); });
      var same = next.every(function (one, n) { return one === asked[n]; });
      asked = next;
      if (same) break;
    }
    boxes.forEach(function (box, n) { box.hidden = !asked[n]; });
    form.querySelectorAll("[data-section]").forEach(function (section) {
      section.hidden = !section.querySelector("[data-question]:not([hidden])");
    });
  }

  /* -- what is missing ------------------------------------------------------------------------------------------ */
  function missing(box) {
    if (box.hidden) return "";
    var value = valueOf(box), label = box.dataset.label, kind = box.dataset.kind;
    if (kind === "matrix" && box.dataset.need) {
      var rows = {};
      inputs(box).forEach(function (one) { rows[one.name] = 1; });
      if (!value || Object.keys(value).length < Object.keys(rows).length) return words.missing.replace("%", label);
    }
    if (box.dataset.need && value === null) return words.missing.replace("%", label);
    if (kind === "multiple_choice" && value && box.dataset.most && value.length > Number(box.dataset.most)) {
      return words.many.replace("%", label).replace("#", box.dataset.most);
    }
    if (kind === "ranking" && value && new Set(value).size < value.length) return words.twice.replace("%", label);
    return "";
  }
  function check() {
    var found = [];
    boxes.forEach(function (box) {
      var text = missing(box);
      box.toggleAttribute("data-invalid", Boolean(text));
      if (text) found.push({ box: box, text: text });
    });
    say(found);
    return found.length === 0;
  }
  function say(found) {
    var list = problems.querySelector("ul");
    list.textContent = "";
    found.forEach(function (one) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = "#" + one.box.id;
      link.textContent = one.text;
      item.appendChild(link);
      list.appendChild(item);
    });
    problems.hidden = found.length === 0;
    if (found.length) { problems.focus(); problems.scrollIntoView(); }
  }

  /* -- answers that wait ---------------------------------------------------------------------------------------- */
  var opened = new Promise(function (resolve, reject) {
    var request = indexedDB.open("moyai-kiosk", 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore("waiting", { keyPath: "token" }).createIndex("kiosk", "kiosk");
      request.result.createObjectStore("refused", { keyPath: "token" }).createIndex("kiosk", "kiosk");
    };
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = function () { reject(request.error); };
  });
  function store(names, mode, act) {
    return opened.then(function (base) {
      return new Promise(function (resolve, reject) {
        var turn = base.transaction(names, mode), answer = act(turn);
        turn.oncomplete = function () { resolve(answer && answer.result); };
        turn.onerror = turn.onabort = function () { reject(turn.error); };
      });
    });
  }
  function keep(one) { return store(["waiting"], "readwrite", function (turn) { turn.objectStore("waiting").put(one); }); }
  function all(name) {
    return store([name], "readonly", function (turn) { return turn.objectStore(name).index("kiosk").getAll(words.kioskKey); });
  }
  function done(one, refused) {
    return store(["waiting", "refused"], "readwrite", function (turn) {
      turn.objectStore("waiting").delete(one.token);
      if (refused) turn.objectStore("refused").put(one);
    });
  }
  function tell() {
    return Promise.all([all("waiting"), all("refused")]).then(function (found) {
      var texts = [];
      if (found[0].length) texts.push(words.waits.replace("#", found[0].length));
      if (found[1].length) texts.push(words.refused.replace("#", found[1].length));
      if (!texts.length) texts.push(words.none);
      status.textContent = texts.join(" ");
      status.dataset.waiting = found[0].length;
      status.dataset.refused = found[1].length;
    });
  }
  function post(one, queued) {
    var headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
    if (queued) headers["X-Kiosk-Queued"] = "1";
    return fetch(one.url, { method: "POST", headers: headers, body: one.body, credentials: "omit" });
  }
  function flush() {
    if (sending) return Promise.resolve();
    sending = true;
    function next(rest) {
      if (!rest.length) return Promise.resolve();
      return post(rest[0], true).then(function (response) {
        if (response.ok) return done(rest[0], false);
        if (response.status === 429 || response.status >= 500) throw new Error("later");
        return done(rest[0], true);
      }).then(tell).then(function () { return next(rest.slice(1)); });
    }
    return all("waiting").then(next).catch(function () {}).then(function () { sending = false; return tell(); });
  }

  /* -- the next visitor ----------------------------------------------------------------------------------------- */
  function newToken() {
    var bytes = new Uint8Array(24);
    crypto.getRandomValues(bytes);
    return btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }
  function reset() {
    form.reset();
    form.elements.answer_token.value = newToken();
    boxes.forEach(function (box) { box.removeAttribute("data-invalid"); });
    say([]);
    arrange();
    thanks.hidden = true;
    form.hidden = true;
    start.hidden = false;
    clearTimeout(idleTimer);
    window.scrollTo(0, 0);
    if (location.pathname !== words.first) location.href = words.first;
  }
  function awake() {
    clearTimeout(idleTimer);
    if (!form.hidden) idleTimer = setTimeout(reset, idleMs);
  }
  function begin() {
    start.hidden = true;
    form.hidden = false;
    arrange();
    awake();
    var first = form.querySelector("h2");
    if (first) { first.tabIndex = -1; first.focus(); }
    window.scrollTo(0, 0);
  }
  function thank() {
    form.hidden = true;
    thanks.hidden = false;
    thanks.querySelector("h2").focus();
    setTimeout(function () { if (!thanks.hidden) reset(); }, thanksMs);
  }
  thanks.querySelector("button").addEventListener("click", reset);
  start.querySelector("button").addEventListener("click", begin);

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!check()) return;
    var data = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      var control = form.querySelector('[name="' + name + '"]');
      var box = control && control.closest("[data-question]");
      if (!box || !box.hidden) data.append(name, value);
    });
    var one = {
      token: form.elements.answer_token.value,
      kiosk: words.kioskKey,
      url: location.pathname,
      body: data.toString(),
      at: new Date().toISOString()
    };
    /* Kept first, sent then: whatever happens in between, nothing is lost, and the token makes it count once. */
    keep(one).then(tell).then(function () {
      if (!navigator.onLine) return thank();
      return post(one, false).then(function (response) {
        if (response.ok) return done(one, false).then(tell).then(thank);
        if (response.status !== 422) return thank();
        return response.json().then(function (answer) {
          return done(one, false).then(tell).then(function () {
            say(boxes.filter(function (box) { return !box.hidden; }).reduce(function (found, box) {
              Object.keys(answer.fields || {}).forEach(function (path) {
                if (path.split(/[.\[]/)[0] === box.dataset.question) {
                  box.setAttribute("data-invalid", "");
                  found.push({ box: box, text: answer.fields[path] });
                }
              });
              return found;
            }, []));
          });
        });
      }, thank);
    });
  });
  form.addEventListener("input", arrange);
  form.addEventListener("change", arrange);
  ["input", "change", "pointerdown", "keydown", "scroll"].forEach(function (kind) {
    document.addEventListener(kind, awake, { passive: true });
  });
  window.addEventListener("online", flush);
  setInterval(flush, 15000);

  if ("serviceWorker" in navigator) {
    document.querySelectorAll("[data-kiosk-language]").forEach(function (link) {
      var scope = new URL(link.href).pathname;
      navigator.serviceWorker.register(scope + "worker.js", { scope: scope }).catch(function () {});
    });
  }
  form.elements.answer_token.value = newToken();
  form.hidden = location.pathname === words.first && !form.dataset.errors;
  start.hidden = !form.hidden;
  thanks.hidden = true;
  arrange();
  awake();
  tell().then(flush);
})();

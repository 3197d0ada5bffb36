/* Large files in pieces, over a network that breaks. Without this file the input sends them with its form.
   <input type="file" data-resumable="address where an upload begins"> inside a form; words from ui/resumable.html. */
(function () {
  "use strict";
  var words = document.getElementById("resumable-words");
  if (!words || !window.fetch || !window.Blob || !Blob.prototype.slice) return;
  words = words.dataset;
  var FROM = 1000000, LEAST = 65536, MOST = 4000000, LONGEST_WAIT = 30000;

  function say(text) {
    var region = document.getElementById("status-text");
    if (region) region.textContent = text;
  }
  function filled(text, name) { return text.replace("%name%", name); }
  function encoded(text) {
    var bytes = new TextEncoder().encode(text), out = "";
    bytes.forEach(function (byte) { out += String.fromCharCode(byte); });
    return btoa(out);
  }
  /* A tab remembers what it began; another tab, or the next user of the device, does not. */
  function memory(key) { try { return JSON.parse(sessionStorage.getItem(key)) || []; } catch (error) { return []; } }
  function remember(key, list) {
    try { if (list.length) sessionStorage.setItem(key, JSON.stringify(list)); else sessionStorage.removeItem(key); } catch (error) { /* full or forbidden: no resuming after a reload */ }
  }
  function pause(ms) {
    return new Promise(function (done) {
      var timer = setTimeout(go, ms);
      function go() { clearTimeout(timer); window.removeEventListener("online", go); done(); }
      window.addEventListener("online", go);
    });
  }

  function Field(input) {
    this.input = input;
    this.form = input.form;
    this.key = "resumable:" + input.dataset.resumable;
    this.list = document.createElement("div");
    this.list.className = "mo-uploads";
    (input.closest(".mo-field__line") || input).after(this.list);
    this.running = 0;
    input.addEventListener("change", this.chosen.bind(this));
    memory(this.key).forEach(this.recall, this);
  }
  /* After a reload: what is whole goes with the form; what is not waits for the same file. */
  Field.prototype.recall = function (entry) {
    var row = this.row(entry), field = this;
    this.where(entry).then(function (offset) {
      if (offset === entry.size) return field.done(row, entry);
      row.bar.value = offset || 0;
      if (offset === null) { field.forget(entry); row.box.remove(); } else field.tell(row, filled(words.again, entry.name));
    }, function () { field.tell(row, filled(words.again, entry.name)); });
  };
  Field.prototype.chosen = function () {
    var files = Array.prototype.slice.call(this.input.files), field = this;
    if (!files.some(function (file) { return file.size > FROM; })) return;
    this.input.value = "";
    this.input.removeAttribute("aria-invalid");
    files.reduce(function (before, file) { return before.then(function () { return field.send(file); }); }, Promise.resolve());
  };
  Field.prototype.row = function (entry) {
    var same = Array.prototype.find.call(this.list.children, function (box) { return box.dataset.of === entry.name + "/" + entry.size; });
    if (same) same.remove();
    var box = document.createElement("div"), text = document.createElement("p"), bar = document.createElement("progress"), stop = document.createElement("button");
    box.className = "mo-upload";
    box.dataset.of = entry.name + "/" + entry.size;
    text.id = this.input.id + "-upload-" + Math.random().toString(36).slice(2);
    bar.max = entry.size;
    bar.value = 0;
    bar.setAttribute("aria-labelledby", text.id);
    stop.type = "button";
    stop.className = "mo-button";
    stop.dataset.kind = "tertiary";
    stop.textContent = filled(words.stop, entry.name);
    box.append(text, bar, stop);
    this.list.append(box);
    var row = { box: box, text: text, bar: bar, stop: stop, stopped: false }, field = this;
    stop.addEventListener("click", function () {
      row.stopped = true;
      if (row.request) row.request.abort();
      field.ask(entry.address, "DELETE").catch(function () {});
      field.forget(entry);
      box.remove();
      field.input.focus();
      say(filled(words.stopped, entry.name));
    });
    return row;
  };
  Field.prototype.tell = function (row, text) { row.text.textContent = text; say(text); };
  Field.prototype.forget = function (entry) {
    remember(this.key, memory(this.key).filter(function (each) { return each.address !== entry.address; }));
  };
  Field.prototype.ask = function (address, method, headers, body, row) {
    var request = window.AbortController ? new AbortController() : null;
    if (row) row.request = request;
    var given = this.form.querySelector("[name=csrfmiddlewaretoken]");
    return fetch(address, {
      method: method, body: body, credentials: "same-origin", signal: request ? request.signal : undefined,
      headers: Object.assign({ "Tus-Resumable": "1.0.0", "X-CSRFToken": given ? given.value : "" }, headers)
    });
  };
  /* Where to go on; null when the server knows nothing of it (any more). */
  Field.prototype.where = function (entry) {
    return this.ask(entry.address, "HEAD").then(function (answer) {
      if (answer.status >= 500) throw new Error("server");
      return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
    });
  };
  Field.prototype.send = async function (file) {
    var entry = memory(this.key).find(function (each) { return each.name === file.name && each.size === file.size && each.modified === file.lastModified; });
    var offset = null, size = 4 * LEAST, failures = 0, row = this.row(entry || { name: file.name, size: file.size });
    this.running += 1;
    this.tell(row, filled(words.sending, file.name));
    try {
      while (!row.stopped) {
        try {
          if (offset === null && entry) offset = await this.where(entry);
          if (offset === null) {
            if (entry) this.forget(entry);
            entry = await this.begin(file, row);
            if (!entry) return;
            offset = 0;
          }
          row.bar.value = offset;
          if (offset >= file.size) { this.done(row, entry); return; }
          var since = performance.now();
          var answer = await this.ask(entry.address, "PATCH", { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) }, file.slice(offset, offset + size), row);
          if (answer.status === 204) {
            offset = Number(answer.headers.get("Upload-Offset"));
            if (performance.now() - since < 1000) size = Math.min(MOST, size * 2);
            if (failures) this.tell(row, filled(words.sending, file.name));
            failures = 0;
            continue;
          }
          if (answer.status === 422 || answer.status === 403 || answer.status === 429) { this.refused(row, entry, await answer.text()); return; }
          offset = null;
          if (answer.status < 500 && answer.status !== 409 && answer.status !== 404 && answer.status !== 460 && failures > 4) { this.refused(row, entry, words.failed); return; }
        } catch (error) {
          offset = null;
        }
        if (row.stopped) return;
        failures += 1;
        size = Math.max(LEAST, size / 2);
        if (failures === 1) this.tell(row, filled(words.waiting, file.name));
        await pause(Math.min(LONGEST_WAIT, 500 * Math.pow(2, failures)));
      }
    } finally {
      this.running -= 1;
      this.submit();
    }
  };
  Field.prototype.begin = async function (file, row) {
    var answer = await this.ask(this.input.dataset.resumable, "POST", { "Upload-Length": String(file.size), "Upload-Metadata": "filename " + encoded(file.name) }, undefined, row);
    if (answer.status !== 201) {
      if (answer.status >= 500) throw new Error("server");
      this.refused(row, null, await answer.text());
      return null;
    }
    var entry = { name: file.name, size: file.size, modified: file.lastModified, address: answer.headers.get("Location") };
    remember(this.key, memory(this.key).concat([entry]));
    row.stop.addEventListener("click", this.drop.bind(this, entry));
    return entry;
  };
  Field.prototype.drop = function (entry) {
    this.ask(entry.address, "DELETE").catch(function () {});
    this.forget(entry);
  };
  Field.prototype.refused = function (row, entry, text) {
    if (entry) this.drop(entry);
    var plain = text && text.length < 300 && text.indexOf("<") < 0 ? text : words.failed;
    row.bar.remove();
    row.stop.remove();
    row.box.dataset.refused = "1";
    this.input.setAttribute("aria-invalid", "true");
    this.waits = null;
    this.tell(row, plain);
  };
  Field.prototype.done = function (row, entry) {
    var hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.input.name + ".resumed";
    hidden.value = entry.address.replace(/\/+$/, "").split("/").pop();
    row.box.append(hidden);
    row.bar.value = entry.size;
    this.tell(row, filled(words.done, entry.name));
  };
  /* A press on the button while a file is on its way waits for it. */
  Field.prototype.submit = function () {
    var pressed = this.waits;
    if (!pressed || fields.some(function (field) { return field.form === pressed.form && field.running; })) return;
    this.waits = null;
    if (this.list.querySelector("[data-refused]")) return;
    this.form.requestSubmit(pressed.button);
  };

  var fields = [];
  document.querySelectorAll("input[type=file][data-resumable]").forEach(function (input) { if (input.form) fields.push(new Field(input)); });
  fields.forEach(function (field) {
    field.form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      if (field.running) {
        event.preventDefault();
        field.waits = { form: field.form, button: event.submitter || undefined };
        say(words.wait);
        return;
      }
      remember(field.key, []);
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (fields.some(function (field) { return field.running; })) event.preventDefault();
  });
})();

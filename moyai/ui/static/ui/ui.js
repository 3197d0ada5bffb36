/* Enhancements only: every page works whole without this file. */
(function () {
  "use strict";
  var body = document.body;

  /* A second press while the first is under way does nothing; the button says so. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if ((form.method || "get").toLowerCase() !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    var button = event.submitter;
    if (!button || !button.classList.contains("mo-button")) return;
    button.dataset.words = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = body.dataset.sending;
  });
  function ready(form) {
    if (!form || !form.dataset || !form.dataset.sent) return;
    delete form.dataset.sent;
    form.querySelectorAll("[data-words]").forEach(function (button) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
      delete button.dataset.words;
    });
  }
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(ready); });
  document.addEventListener("htmx:afterRequest", function (event) { ready(event.target.closest && event.target.closest("form")); });

  /* One status region: what a swap changed is said there, in the words the server sent. */
  document.addEventListener("htmx:afterSettle", function (event) {
    var said = event.target.querySelector && event.target.querySelector("[data-status]");
    var region = document.getElementById("status-text");
    if (said && region) region.textContent = said.textContent;
  });

  /* パスワードを表示する */
  document.querySelectorAll("[data-secret]").forEach(function (box) {
    var input = box.querySelector("input");
    if (!input) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "mo-button";
    button.dataset.kind = "secondary";
    button.textContent = body.dataset.show;
    button.setAttribute("aria-controls", input.id);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", function () {
      var shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      button.textContent = shown ? body.dataset.show : body.dataset.conceal;
    });
    box.appendChild(button);
  });

  /* Esc closes an open menu and gives the focus back; a press elsewhere closes it too. */
  function menus() { return document.querySelectorAll("details.mo-fold[open]"); }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.isComposing) return;
    menus().forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });
  document.addEventListener("click", function (event) {
    menus().forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* Links that print, and paper on which nothing is folded away. */
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-print]")) { event.preventDefault(); window.print(); }
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([open])").forEach(function (part) { part.open = true; part.dataset.opened = "1"; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (part) { part.open = false; delete part.dataset.opened; });
  });
})();

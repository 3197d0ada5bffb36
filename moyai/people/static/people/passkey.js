// Shows what needs a passkey only where the browser has passkeys, and says when one was not given.
(function () {
  "use strict";
  if (!window.PublicKeyCredential) {
    return;
  }
  document.querySelectorAll("[data-passkey]").forEach(function (part) {
    part.hidden = false;
  });
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-trouble]").forEach(function (note) {
      note.hidden = false;
    });
  });
})();

// Passkeys: which button of the page begins which ceremony. The forms work without
// this file for everything else.

const START = {
  add: ["addForm", "add"],
  use: ["authenticateForm", "authenticate"],
  login: ["loginForm", "login"],
};

for (const button of document.querySelectorAll("[data-passkey]")) {
  const [ceremony, part] = START[button.dataset.passkey];
  const ids = { [part]: button.id, credential: button.dataset.credential };
  if (document.getElementById("js_data")) ids.data = "js_data";
  const passwordless = document.getElementById("id_passwordless");
  if (passwordless) ids.passwordless = passwordless.id;
  window.allauth.webauthn.forms[ceremony]({ ids });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.getElementById("passkey-error");
  if (!said) return;
  said.hidden = false;
  said.textContent = "The passkey was not used: " + event.detail.exception.message;
});

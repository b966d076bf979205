// Keys: `/` to find, j and k through the rows, x to tick, Enter for the panel, s to swap,
// r to read again, g and a letter to go, ? for help. They can be switched off.

const SWITCH = "keys";
const WAIT_MS = 1500;
const PLACES = { h: "/", i: "/interfaces/", p: "/pairs/", j: "/jobs/", n: "/instances/", e: "/elastic-ips/", a: "/audit/" };
let here = null;
let goesUntil = 0;

const isOff = () => localStorage.getItem(SWITCH) === "off";

function rows() {
  return [...document.querySelectorAll("#rows tbody tr")];
}

function current() {
  const row = here && document.getElementById(here);
  return row?.closest("#rows tbody") ? row : null;
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  for (const row of all) row.classList.toggle("is-here", row === next);
  here = next.id;
  // The focus goes along, so that it is seen and said.
  (next.querySelector(".opens-panel") ?? next.querySelector("a"))?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function focusSearch() {
  const box = document.getElementById("q") ?? document.getElementById("find");
  if (box) {
    box.focus();
    box.select();
  } else {
    location.assign("/go/");
  }
}

function help() {
  const shown = document.getElementById("keys-help");
  if (shown && !shown.open) shown.showModal();
}

function readAgain() {
  const refresh = document.querySelector("form[action$='/refresh/'] button");
  if (refresh) refresh.click();
  else location.reload();
}

const DOES = {
  "/": focusSearch,
  j: () => step(1),
  k: () => step(-1),
  x: () => current()?.querySelector("input[name=only]")?.click(),
  // Opens the dialog; the swap itself is never one key away.
  s: () => (current() ?? document).querySelector("[data-opens-dialog][id^=swap-]")?.click(),
  r: readAgain,
  "?": help,
  g: () => { goesUntil = performance.now() + WAIT_MS; },
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (document.querySelector("dialog[open], details[open]:focus-within")) return;
    if (document.activeElement?.matches("#q")) document.activeElement.blur();
    else document.querySelector("[data-closes-panel]")?.click();
    return;
  }
  if (isOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  if (performance.now() < goesUntil) {
    goesUntil = 0;
    if (PLACES[event.key]) {
      event.preventDefault();
      location.assign(PLACES[event.key]);
    }
    return;
  }
  const act = DOES[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* The switch stands in the help. */

const toggle = document.querySelector("[data-switches-keys]");
if (toggle) {
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(SWITCH);
    else localStorage.setItem(SWITCH, "off");
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-opens-keys]")) help();
  if (event.target.closest("[data-closes-keys]")) document.getElementById("keys-help")?.close();
});

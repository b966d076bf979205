// What the pages do beyond HTML: the dialog, running clocks, copying, and telling
// when the connection is lost. Every page works without this file.

const dialog = document.getElementById("dialog");
const announcer = document.getElementById("announce");
const flashes = document.getElementById("flashes");
let opener = null;
let failures = 0;

document.documentElement.classList.add("has-script");

function announce(text) {
  if (announcer) announcer.textContent = text;
}

/* The dialog: filled by htmx, opened here, and empty again when it closes. */

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-opens-dialog]");
  if (link) opener = link;
  if (event.target.closest("[data-closes-dialog]") && dialog?.open) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const inDialog = dialog && (event.detail.target === dialog || dialog.contains(event.detail.elt));
  if (!inDialog || !dialog.firstElementChild) return;
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("[data-focus]") ?? dialog.querySelector("h2");
  first?.focus({ preventScroll: true });
  dialog.scrollTop = 0;
});

dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  const id = opener?.id;
  const again = opener?.isConnected ? opener : id && document.getElementById(id);
  again?.focus?.();
  opener = null;
});

/* Copy buttons. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(`Copied ${button.dataset.copyName ?? button.dataset.copy}`);
  } catch {
    announce("Copying was refused by the browser");
  }
});

/*
 * Clocks. The server says how long something had lasted when it answered; from there
 * the reader's monotonic clock carries it on, so a wrong wall clock does not matter.
 */

function adopt(root) {
  for (const clock of root.querySelectorAll?.("[data-running-s]") ?? []) {
    clock.startedAt ??= performance.now() - Number(clock.dataset.runningS) * 1000;
  }
}

function showClocks() {
  for (const clock of document.querySelectorAll("[data-running-s]")) {
    if (clock.startedAt === undefined) adopt(document);
    const seconds = (performance.now() - clock.startedAt) / 1000;
    clock.textContent = seconds < 60
      ? `${seconds.toFixed(1)} s`
      : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }
}

adopt(document);
setInterval(showClocks, 100);

/* A poll must not pull away what somebody is using: an open dialog, a field in use. */

document.addEventListener("htmx:beforeRequest", (event) => {
  const element = event.detail.elt;
  if (!element.matches("[data-poll]")) return;
  const isInUse = element.contains(document.activeElement) && document.activeElement !== document.body;
  if (document.hidden || (dialog?.open && !element.matches("[data-poll=always]"))) event.preventDefault();
  else if (isInUse && !element.matches("[data-poll=always], [data-merges]")) event.preventDefault();
});

/* A poll may replace what has the focus: give it back to the element of the same id. */

let focusedId = null;

document.addEventListener("htmx:beforeSwap", () => {
  focusedId = document.activeElement?.id || null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (focusedId && document.activeElement === document.body) {
    document.getElementById(focusedId)?.focus({ preventScroll: true });
  }
});

/* Errors become one flash with the request's id; a success takes it away again. */

function showTrouble(text) {
  let flash = document.getElementById("trouble");
  if (!flash && flashes) {
    flash = document.createElement("div");
    flash.id = "trouble";
    flash.className = "flash tone-error";
    flash.setAttribute("role", "alert");
    flashes.append(flash);
  }
  if (flash && flash.textContent !== text) flash.textContent = text;
}

function onTrouble(event) {
  const isPoll = event.detail.elt?.matches?.("[data-poll]");
  failures += 1;
  if (isPoll && failures < 3) return;
  const id = event.detail.xhr?.getResponseHeader?.("X-Request-Id");
  const status = event.detail.xhr?.status;
  showTrouble(
    status
      ? `The server answered ${status}. Nothing is known to have changed. Request ${id ?? "unknown"}.`
      : "The connection to Swapboard is lost. What you see may be old; jobs go on without this page.",
  );
}

document.addEventListener("htmx:responseError", onTrouble);
document.addEventListener("htmx:sendError", onTrouble);
document.addEventListener("htmx:timeout", onTrouble);
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (!event.detail.xhr || event.detail.xhr.status >= 400) return;
  failures = 0;
  document.getElementById("trouble")?.remove();
});

/* What somebody did keeps the session alive; what a page asks by itself does not. */

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent) event.detail.headers["X-Activity"] = "1";
});

// What a table page does beyond HTML: polls that take nothing away, the selection, the
// panel, the search box and the filter's editor. Every page works without this file.

const search = document.getElementById("q");
const bulk = document.getElementById("bulk");
const announcer = document.getElementById("announce");

function announce(text) {
  if (announcer) announcer.textContent = text;
}

/*
 * A poll brings a whole new table, of which only what differs is taken, row by row. A row
 * that somebody is using stays as it is: the one with the focus, an open menu or
 * selected text. Ticks stay, and so does how far the table is scrolled.
 */

function isInUse(element) {
  if (element.contains(document.activeElement)) return true;
  if (element.querySelector("details[open]")) return true;
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && selection.containsNode(element, true));
}

function take(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  if (isInUse(old)) return old;
  old.replaceWith(fresh);
  htmx.process(fresh);
  return fresh;
}

function takeRow(old, fresh) {
  const isChanged = old.dataset.rev !== fresh.dataset.rev;
  if (old.getAttribute("aria-current")) fresh.setAttribute("aria-current", "true");
  else fresh.removeAttribute("aria-current");
  const ticked = old.querySelector("input[name=only]")?.checked;
  const tick = fresh.querySelector("input[name=only]");
  if (tick) tick.checked = Boolean(ticked);
  for (const name of old.classList) if (name === "is-here") fresh.classList.add(name);
  if (!isChanged) return old;
  const taken = take(old, fresh);
  if (taken === fresh) fresh.classList.add("was-changed");
  return taken;
}

function mergeRows(old, fresh) {
  const body = old.querySelector("tbody");
  const news = fresh.querySelector("tbody");
  const wanted = [...news.children];
  const known = new Map([...body.children].map((row) => [row.id, row]));
  let last = null;
  for (const row of wanted) {
    const before = known.get(row.id);
    const now = before ? takeRow(before, row) : row;
    known.delete(row.id);
    const place = last ? last.nextElementSibling : body.firstElementChild;
    // To move what has the focus would take the focus away.
    if (now !== place && !now.contains(document.activeElement)) {
      if (last) last.after(now);
      else body.prepend(now);
      if (!before) htmx.process(now);
    }
    last = now;
  }
  for (const row of known.values()) if (!isInUse(row)) row.remove();
}

/* Returns false where there is nothing to merge: then the whole is swapped. */
function merge(old, fresh) {
  if (old.id === "panel") {
    if (old.dataset.key !== fresh.dataset.key || isInUse(old)) return isInUse(old);
    return old.dataset.rev === fresh.dataset.rev;
  }
  if (!old.querySelector("tbody") || !fresh.querySelector("tbody")) return isInUse(old);
  const heads = (root) => [...root.querySelectorAll("thead th")].map((th) => th.textContent.trim() + th.ariaSort).join();
  if (heads(old) !== heads(fresh)) return false;
  mergeRows(old, fresh);
  // How old it is, is told to those too whose focus is beside it.
  const ages = fresh.querySelector("#ages");
  if (ages) old.querySelector("#ages")?.replaceWith(ages.cloneNode(true));
  for (const id of ["filters-on", "pages"]) {
    const one = old.querySelector(`#${id}`);
    const other = fresh.querySelector(`#${id}`);
    if (one && other) take(one, other);
  }
  const pace = fresh.getAttribute("hx-trigger");
  if (old.getAttribute("hx-trigger") !== pace) {
    old.setAttribute("hx-trigger", pace);
    htmx.process(old);
  }
  return true;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, shouldSwap, requestConfig } = event.detail;
  const elt = requestConfig?.elt;
  // Only what a region has asked for itself is a poll.
  if (!shouldSwap || !elt || elt !== target || !elt.matches("[data-merges]")) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const fresh = page.getElementById(elt.id);
  if (!fresh || !merge(elt, document.adoptNode(fresh))) return;
  event.detail.shouldSwap = false;
  for (const part of page.querySelectorAll("[hx-swap-oob]")) {
    const place = document.getElementById(part.id);
    if (place && place.innerHTML !== part.innerHTML) place.innerHTML = part.innerHTML;
  }
  showPicks();
});

/* Whoever has EC2 read again keeps ticks and place; the table looks when it may be done. */

const LOOKS_AFTER_MS = [1500, 4000];

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.detail.elt.matches("[data-reads]")) return;
  for (const wait of LOOKS_AFTER_MS) setTimeout(() => htmx.trigger("#rows", "refresh"), wait);
});

/* A poll stands still while a dialog is open, while nobody looks, and while one drags. */

let isPressed = false;
document.addEventListener("pointerdown", () => { isPressed = true; });
document.addEventListener("pointerup", () => { isPressed = false; });
document.addEventListener("pointercancel", () => { isPressed = false; });
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (elt === target && elt.matches?.("[data-merges]") && isPressed) event.preventDefault();
});

/* The selection. */

function picks() {
  return [...document.querySelectorAll("#rows input[name=only]")];
}

let lastCount = 0;

function showPicks() {
  if (!bulk) return;
  const boxes = picks();
  const count = boxes.filter((box) => box.checked).length;
  bulk.classList.toggle("has-picks", count > 0);
  document.getElementById("picked-count").textContent = `${count} selected`;
  const all = document.querySelector("[data-picks-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  if (count !== lastCount) announce(`${count} of ${boxes.length} selected`);
  lastCount = count;
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-picks-all]")) {
    for (const one of picks()) one.checked = box.checked;
    showPicks();
  } else if (box.matches("input[name=only]")) {
    showPicks();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clears-picks]")) return;
  for (const one of picks()) one.checked = false;
  showPicks();
  document.getElementById("q")?.focus();
});

/* The panel: a click on a row opens it; what is inside a row does what it always does. */

document.addEventListener("click", (event) => {
  const row = event.target.closest("#rows tbody tr");
  if (!row || event.target.closest("a, button, input, label, summary, select, form")) return;
  if (getSelection()?.toString()) return;
  row.querySelector(".opens-panel")?.click();
});

function markOpen() {
  const key = document.getElementById("panel")?.dataset.key;
  for (const row of document.querySelectorAll("#rows tbody tr")) {
    if (key && row.id === `row-${key}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

let isTall = false;
let closes = null;

document.addEventListener("click", (event) => {
  const sizes = event.target.closest("[data-sizes-panel]");
  if (sizes) {
    isTall = !isTall;
    showSize();
  }
  if (event.target.closest("[data-closes-panel]")) {
    closes = document.getElementById("panel")?.dataset.key ?? null;
  }
});

function showSize() {
  const panel = document.getElementById("panel");
  panel?.classList.toggle("is-tall", isTall);
  const button = document.getElementById("panel-size");
  button?.setAttribute("aria-pressed", String(isTall));
}

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target ?? event.detail.elt;
  if (document.getElementById("panel") && target?.id === "panel") {
    markOpen();
    showSize();
    const panel = document.getElementById("panel");
    if (closes) {
      document.getElementById(`open-${closes}`)?.focus();
      closes = null;
    } else if (event.detail.elt?.id === "panel" && !panel.hidden && document.activeElement === document.body) {
      panel.focus({ preventScroll: true });
    }
  }
  if (target?.id === "rows") showPicks();
});

/* The polled address is the one that the page shows: the panel's row is kept in it. */

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, target } = event.detail;
  if (elt.id !== "rows" || elt !== target) return;
  const panel = document.getElementById("panel");
  const address = new URL(event.detail.path, location.href);
  if (panel?.dataset.key) address.searchParams.set("sel", panel.dataset.key);
  else address.searchParams.delete("sel");
  event.detail.path = address.pathname + address.search;
});

/* The search box finds while one types, but a filter only once it is complete. */

let pause = 0;
search?.addEventListener("input", () => {
  clearTimeout(pause);
  if (!search.form?.matches("#search-form")) return;
  if (/[=:^<>"]/.test(search.value)) return;
  pause = setTimeout(() => htmx.trigger(search.form, "typed"), 300);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig?.elt?.id !== "search-form") return;
  const count = document.getElementById("table-count")?.textContent.trim();
  if (count) announce(count);
  const found = document.getElementById("rows")?.getAttribute("hx-get") ?? "";
  for (const field of document.querySelectorAll("[data-current-query]")) {
    field.value = found.split("?")[1] ?? "";
  }
  for (const link of document.querySelectorAll("[data-exports]")) {
    const address = new URL(found, location.href);
    address.searchParams.delete("page");
    address.searchParams.set("export", link.dataset.exports);
    link.href = address.pathname + address.search;
  }
});

/* The filter's editor: the operators and the values that the property has. */

const property = document.getElementById("fp");

async function suggest() {
  const option = property.selectedOptions[0];
  const operators = (option?.dataset.operators ?? "").split(" ");
  const select = document.getElementById("fo");
  for (const one of select.options) one.hidden = one.disabled = !operators.includes(one.value);
  if (select.selectedOptions[0]?.disabled) select.value = operators[0];
  const list = document.getElementById("fv-values");
  list.replaceChildren();
  const answer = await fetch(property.dataset.suggests + encodeURIComponent(property.value));
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  list.replaceChildren(...page.querySelectorAll("option"));
}

property?.addEventListener("change", suggest);
document.getElementById("filter-editor")?.addEventListener("toggle", (event) => {
  if (!event.target.open) return;
  suggest();
  property.focus();
});
if (document.getElementById("filter-editor")?.open) suggest();

/* Menus close with Escape, and when somebody goes elsewhere. */

function closeDrops(except) {
  for (const drop of document.querySelectorAll("details.drop[open]")) {
    if (drop !== except) drop.open = false;
  }
}

document.addEventListener("click", (event) => closeDrops(event.target.closest("details.drop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const drop = document.activeElement?.closest("details.drop[open]");
  if (!drop) return;
  closeDrops(null);
  drop.querySelector("summary")?.focus();
});

markOpen();
showPicks();

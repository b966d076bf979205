// The shell: menus that close, times that go on, the browser's zone, messages that fade,
// and an error's own words. Every page works without this file.

/* Menus close with Escape, and when somebody clicks or goes elsewhere. */

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus(null);
  menu?.querySelector("summary")?.focus();
});

/* The zone of this browser, for those who chose to see times in it. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`browser-zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `browser-zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/*
 * "12 s ago" goes on between two answers. The server says what time it is, and the
 * reader's monotonic clock carries that on: a wrong wall clock does not matter.
 */

const loadedAt = Date.parse(document.body.dataset.now ?? "");
const MINUTE = 60, HOUR = 3600, DAY = 86400;

function ago(seconds) {
  if (seconds < 1) return "just now";
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} d ago`;
}

function showAges() {
  if (document.hidden || Number.isNaN(loadedAt)) return;
  const now = loadedAt + performance.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = (now - Date.parse(time.dateTime)) / 1000;
    if (seconds < -MINUTE) continue;
    const text = ago(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(showAges, 1000);

/* What is told once and seen elsewhere too goes after six seconds, unless it is read. */

function fade(flash) {
  if (flash.matches(":hover, :focus-within")) setTimeout(fade, 2000, flash);
  else flash.remove();
}

function fadeAll() {
  for (const flash of document.querySelectorAll("[data-fades]")) {
    flash.removeAttribute("data-fades");
    setTimeout(fade, 6000, flash);
  }
}

fadeAll();
document.addEventListener("htmx:oobAfterSwap", fadeAll);

/* An error of a part of the page comes in the server's own words. */

document.addEventListener("trouble", (event) => {
  const flashes = document.getElementById("flashes");
  if (!flashes) return;
  const said = event.detail;
  const flash = document.getElementById("trouble") ?? document.createElement("div");
  flash.id = "trouble";
  flash.className = "flash tone-error";
  flash.setAttribute("role", "alert");
  flash.textContent = `${said.error_title}. ${said.error_text} ${said.error_advice} Request ${said.request_id}.`;
  flashes.append(flash);
});

/* On a phone navigation and tabs are one row each: bring the current page into sight. */

for (const row of document.querySelectorAll(".nav, .tabs, .tabs ul")) {
  const current = row.querySelector("[aria-current]");
  if (!current || row.scrollWidth <= row.clientWidth) continue;
  const from = current.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += from - row.clientWidth / 2 + current.offsetWidth / 2;
}

// Keys for the agenda: arrows go from visit to visit, and letters where their links lead: t today,
// n and p the next and the previous days, d day, w week. Letters rest while a field has the focus, and
// can be turned off, as whoever speaks to the computer may need. Without JavaScript there are the links.
const OFF = "agenda-letters-off";
const line = document.querySelector("#agenda-keys");
const STOPS = ".agenda__day a";

function kept() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function keep(isOff) {
  try {
    localStorage.setItem(OFF, isOff ? "1" : "0");
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

let isOff = kept();

function explain() {
  const words = isOff
    ? "Arrow keys move between visits. Letters are turned off. "
    : "Keys: arrows move between visits, t today, n next, p previous, d day, w week. ";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "agenda-link";
  button.textContent = isOff ? "Turn letters on" : "Turn letters off";
  button.addEventListener("click", () => {
    isOff = !isOff;
    keep(isOff);
    explain();
    line.querySelector("button").focus();
  });
  line.replaceChildren(words, button);
  line.hidden = false;
}

function follow(key) {
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
}

function isTyping(target) {
  return target.matches("input, select, textarea, [contenteditable]");
}

function stops(column) {
  return [...column.querySelectorAll(STOPS)];
}

// Up and down within a column; left and right to what stands at about the same height beside it.
function step(from, key) {
  const column = from.closest("[data-column]");
  if (key === "ArrowUp" || key === "ArrowDown") {
    const all = stops(column);
    return all[all.indexOf(from) + (key === "ArrowDown" ? 1 : -1)];
  }
  const columns = [...document.querySelectorAll("[data-column]")];
  const way = key === "ArrowRight" ? 1 : -1;
  const top = from.getBoundingClientRect().top;
  const far = (one) => Math.abs(one.getBoundingClientRect().top - top);
  for (let n = columns.indexOf(column) + way; columns[n]; n += way) {
    const [nearest] = stops(columns[n]).sort((a, b) => far(a) - far(b));
    if (nearest) return nearest;
  }
}

addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (key.startsWith("Arrow") && target.matches(STOPS)) {
    const next = step(target, key);
    if (next) {
      event.preventDefault();
      next.focus();
    }
    return;
  }
  if (!isOff && !event.shiftKey && "tnpdw".includes(key) && key.length === 1 && !isTyping(target)) {
    follow(key);
  }
});

if (line) explain();

// Says two minutes before the end that a held time will be free again, and at the end that it is.
// Then the page no longer says that the time is held. It moves no focus and counts nothing down.
// Without JavaScript the page names the end, with the same button to put it off.
const WARNING = 2 * 60 * 1000;
const region = document.querySelector("[data-hold-seconds]");
const ends = Date.now() + Number(region?.dataset.holdSeconds) * 1000;
let shown = "";

function look() {
  const left = ends - Date.now();
  const message = left <= 0 ? "over" : left <= WARNING ? "soon" : "";
  if (message !== shown) {
    const words = document.querySelector(`[data-hold-message="${message}"]`);
    region.replaceChildren(words.content.cloneNode(true));
    shown = message;
    uncover();
    if (message === "over") forget();
  }
  if (left > 0) setTimeout(look, left > WARNING ? left - WARNING : left);
}

// A browser is content with the line in which one types: the whole field shall stand above the words.
function uncover() {
  const field = document.activeElement;
  // Not what a pointer presses: it would move away before the press ends.
  if (!shown || !field.matches(":focus-visible") || region.contains(field)) return;
  if (field.form) field.scrollIntoView({ block: "nearest" });
}

function forget() {
  for (const words of document.querySelectorAll("[data-held]")) {
    if (!words.contains(document.activeElement)) words.remove();
  }
}

if (region) {
  look();
  // Timers rest while a device sleeps or a tab is hidden.
  document.addEventListener("visibilitychange", look);
  document.addEventListener("focusin", uncover);
}

// Keeps the agenda up to date: asks every quarter of a minute, while somebody can see the page, whether
// anything changed, and then puts the new parts in place. Focus, scroll, an open visit and whatever is
// half typed stay as they are. Without JavaScript there is the link "Look again".
const EVERY = 15_000;
const QUARTER = 15 * 60_000;
const live = document.querySelector("[data-state]");
const news = document.querySelector("#agenda-news");
// The page was noted as seen, and has the pass to look again at these days.
const asks = { headers: { "X-Updates": live?.dataset.pass }, redirect: "manual", cache: "no-store" };
let tag = document.querySelector("#agenda-counts")?.dataset.live;
let drawnIn = quarter();
let timer;

// The line for "now" moves, and free times pass, once a quarter of an hour.
function quarter() {
  return Math.floor(Date.now() / QUARTER);
}

async function look() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") await ask();
  timer = setTimeout(look, EVERY);
}

async function ask() {
  try {
    const answer = await fetch(live.dataset.state, asks);
    // 401: the session ended by a pause or a day.
    const isOut = answer.type === "opaqueredirect" || [401, 403].includes(answer.status);
    if (isOut) return signedOut();
    if (!answer.ok) throw new Error(String(answer.status));
    const found = (await answer.json()).tag;
    if (found !== tag || quarter() !== drawnIn) await renew(found !== tag);
    else if (news.hasAttribute("data-trouble")) say("");
  } catch {
    say("The clinic’s server does not answer. This may be out of date.", true);
  }
}

async function renew(isNews) {
  const answer = await fetch(location.href.split("#")[0], asks);
  if (!answer.ok) throw new Error(String(answer.status));
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
  const counts = parts.querySelector("#agenda-counts");
  for (const part of parts.querySelectorAll("[data-live]")) swap(part);
  tag = counts.dataset.live;
  drawnIn = quarter();
  if (isNews) say(`Updated at ${counts.dataset.at}: ${counts.textContent.trim()}.`);
}

function swap(part) {
  const old = document.getElementById(part.id);
  if (old.outerHTML === part.outerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const { scrollX, scrollY } = window;
  old.replaceWith(document.adoptNode(part));
  // What had the focus and is gone gives it to the column's heading, not to the page's begin.
  if (focused) {
    const heading = focused.match(/(d-\d{4}-\d\d-\d\d|who-[-\w]+)$/)?.[0];
    const next = document.getElementById(focused) ?? document.getElementById(heading);
    if (next?.tagName === "H2") next.tabIndex = -1;
    next?.focus({ preventScroll: true });
  }
  scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
}

function say(words, isTrouble = false) {
  if (news.textContent === words) return;
  news.textContent = words;
  news.toggleAttribute("data-trouble", isTrouble);
}

function signedOut() {
  const link = document.createElement("a");
  link.href = location.href;
  link.className = "agenda-link";
  link.textContent = "Sign in again";
  news.replaceChildren("You are signed out, so this is not kept up to date. ", link);
}

if (live) {
  timer = setTimeout(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

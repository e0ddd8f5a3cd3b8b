// Follows an export while it is written, without loading the page anew.
const SECONDS = 1;
const shown = document.querySelector("[data-export]");

async function look() {
  let now = null;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    now = page.querySelector("[data-export]");
  } catch {
    // The network is away: the next look may find it back.
  }
  if (now && now.dataset.export === shown.dataset.export) {
    update(now);
  } else if (now) {
    replace(now);
  }
  if (["waiting", "working"].includes(shown.dataset.export)) {
    setTimeout(look, SECONDS * 1000);
  }
}

function update(now) {
  const bar = shown.querySelector("progress");
  const fresh = now.querySelector("progress");
  bar.max = fresh.max;
  bar.value = fresh.value;
  shown.querySelector("[data-export-rows]").textContent =
    now.querySelector("[data-export-rows]").textContent;
}

function replace(now) {
  const state = shown.querySelector("[role=status]");
  const body = shown.querySelector("[data-export-body]");
  const hadFocus = body.contains(document.activeElement);
  body.replaceWith(now.querySelector("[data-export-body]"));
  // The same element with other words: a screen reader says them.
  state.textContent = now.querySelector("[role=status]").textContent;
  shown.dataset.export = now.dataset.export;
  if (hadFocus) {
    state.focus();
  }
}

setTimeout(look, SECONDS * 1000);

// Whoever types is at work, also in a form that takes long: says so at most once a minute, so that the
// session does not end before the form is sent. If it has ended, says that before anything is lost.
const EVERY = 60_000;
const address = new URL("jsi18n/", document.querySelector(".staff-brand").href);
let toldAt = -EVERY;

document.addEventListener("input", async ({ timeStamp }) => {
  if (timeStamp - toldAt < EVERY) return;
  toldAt = timeStamp;
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer?.redirected) tell();
});

function tell() {
  if (document.querySelector(".signed-out")) return;
  const words = document.createElement("p");
  words.className = "errornote signed-out";
  words.setAttribute("role", "alert");
  words.textContent = "You are signed out: what you send now is not saved. Copy it, and sign in again.";
  document.querySelector("#content").prepend(words);
}

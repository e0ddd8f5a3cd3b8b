// Sends a form once, however often its button is pressed before the answer comes: on a slow line, a
// second tap would ask for the time that the first one has just taken. Without JavaScript the server
// still books nothing twice.
const WAIT = 5000;
const sentAt = new Map();

addEventListener("submit", (event) => {
  const { target: form, timeStamp: now } = event;
  if (now - (sentAt.get(form) ?? -WAIT) < WAIT) event.preventDefault();
  else sentAt.set(form, now);
});

// Back shows the page as it was left.
addEventListener("pageshow", () => sentAt.clear());

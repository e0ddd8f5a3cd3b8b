// Puts a button where the page says how to print. Without JavaScript the browser's own does it.
for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "agenda-button";
  button.textContent = "Print";
  button.addEventListener("click", () => print());
  place.append(button);
}

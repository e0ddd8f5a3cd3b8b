// Keeps "None of these" and the signs apart as they are ticked.
// Without JavaScript the server asks again when both are ticked.
const form = document.querySelector("[data-screening]");

form?.addEventListener("change", ({ target }) => {
  if (!target.checked) return;
  const others = target.name === "none" ? "flags" : "none";
  for (const box of form.querySelectorAll(`input[name="${others}"]`)) box.checked = false;
});

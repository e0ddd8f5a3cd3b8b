// Enter in a field presses the next button after it: "Find" after a name to find, "Book this visit"
// after a new caller's. Without JavaScript it presses the form's first one, and nothing typed is lost.
const form = document.querySelector("form.desk");

form?.addEventListener("keydown", (event) => {
  const { target, key, isComposing } = event;
  if (key !== "Enter" || isComposing || !target.matches("input:not([type=submit])")) return;
  const buttons = [...form.querySelectorAll("button, [type=submit]")];
  event.preventDefault();
  buttons
    .find((button) => target.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING)
    ?.click();
});

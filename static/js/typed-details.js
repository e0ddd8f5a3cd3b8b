// Brings back what was typed when somebody leaves the form and comes back with the browser's button.
// The server asks browsers not to keep the page, so they would show an empty form. What is typed
// stays with this entry of the tab's own history; once the visit is booked, the server leads away
// from here before this runs. Without JavaScript the form's own buttons keep everything.
const form = document.querySelector("[data-typed-details]");
const fields = [...(form?.querySelectorAll("input:not([type=hidden]), textarea") ?? [])].filter(
  ({ name, type }) => name && type !== "radio",
);
const isEmpty = fields.every(({ type, checked, value }) => (type === "checkbox" ? !checked : !value));

if (isEmpty) {
  for (const field of fields) {
    const typed = history.state?.typed?.[field.name];
    if (typed === undefined) continue;
    if (field.type === "checkbox") field.checked = typed;
    else field.value = typed;
  }
}

addEventListener("pagehide", () => {
  const typed = Object.fromEntries(
    fields.map(({ name, type, checked, value }) => [name, type === "checkbox" ? checked : value]),
  );
  history.replaceState({ ...history.state, typed }, "");
});

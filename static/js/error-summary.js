// Moves the focus to the error summary, so that keyboard and screen reader users start with it.
// Without JavaScript the summary still stands at the top of the form, with links to the fields.
document.querySelector("[data-error-summary]")?.focus();

// Chooses the browser's own time zone in the list, as long as the person has not chosen one. Nothing
// is sent: that is what the button is for. Without JavaScript the list starts with the clinic's zone.
const list = document.querySelector("[data-own-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (list && zone?.includes("/")) {
  if (![...list.options].some(({ value }) => value === zone)) {
    // Browsers use some names that the list has replaced; the server knows them too.
    list.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone), 1);
  }
  list.value = zone;
}

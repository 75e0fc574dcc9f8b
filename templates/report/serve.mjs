// The page of a served folder loads itself anew when something in the folder changes.
(() => {
  const events = new EventSource("/events");
  events.addEventListener("change", () => location.reload());
})();

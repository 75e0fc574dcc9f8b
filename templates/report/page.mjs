// What a report's page does beside showing: tables sort, and a link to a layer opens it. It works without this as well.
(() => {
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const key = cell?.dataset.key ?? cell?.textContent.trim() ?? "";
    const number = Number(key);
    return key !== "" && Number.isFinite(number) ? number : key;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number"
      ? a - b
      : typeof a === typeof b
        ? String(a).localeCompare(String(b))
        : typeof a === "number"
          ? -1
          : 1;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("th button") : null;
    if (!button) return;
    const head = button.closest("th");
    const body = button.closest("table").tBodies[0];
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.children) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].map((row) => [keyOf(row, head.cellIndex), row]);
    rows.sort(([a], [b]) => (up ? compare(a, b) : compare(b, a)));
    for (const [, row] of rows) body.append(row);
  });
  const open = () => {
    const place = document.getElementById(location.hash.slice(1));
    const box = place?.closest("details");
    if (!box) return;
    box.open = true;
    box.scrollIntoView();
    box.querySelector("summary").focus({ preventScroll: true });
  };
  // A click on the link of a layer that was closed again changes no address.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#layer-"]') : null;
    if (link) setTimeout(open);
  });
  addEventListener("hashchange", open);
  open();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.layer:not([open])")];
    for (const box of closed) box.open = true;
  });
  addEventListener("afterprint", () => {
    for (const box of closed) box.open = false;
  });
  // A picture that is wider than its place is scrolled by keys too; one that is whole is no stop of the tabulator.
  const pictures = document.querySelectorAll('.scroll[role="img"]');
  const reach = () => {
    for (const p of pictures) {
      if (p.scrollWidth > p.clientWidth) p.setAttribute("tabindex", "0");
      else p.removeAttribute("tabindex");
    }
  };
  reach();
  addEventListener("resize", reach);
  addEventListener("toggle", reach, true);
})();

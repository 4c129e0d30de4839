(() => {
  const form = document.getElementById("filter");
  const { words, operation, part, weight } = form.elements;
  const told = form.querySelector("output");
  const differences = [...document.querySelectorAll("[data-difference]")];
  const exchanges = [...document.querySelectorAll("[data-exchange]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const shown = () => differences.filter((one) => !one.hidden);
  const filter = () => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of differences) {
      const text = one.textContent.toLowerCase();
      one.hidden = !(
        (!operation.value || one.dataset.operation === operation.value) &&
        (!part.value || one.dataset.part === part.value) &&
        (!weight?.value || one.dataset.weight === weight.value) &&
        asked.every((word) => text.includes(word))
      );
    }
    for (const one of [...exchanges, ...groups]) {
      const inside = [...one.querySelectorAll("[data-difference]")];
      one.hidden = inside.length > 0 && inside.every((each) => each.hidden);
    }
    told.value = `${shown().length} of ${differences.length} differences are shown`;
  };
  const reveal = (target) => {
    page.opened(target, form, filter);
    target.scrollIntoView({ block: "center" });
    (target.closest("tr") || target).focus({ preventScroll: true });
  };
  const step = (by) => {
    const all = shown();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    reveal(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  };
  for (const rows of document.querySelectorAll("[data-fold]")) {
    const count = rows.rows.length;
    const above = document.createElement("tbody");
    const cell = above.insertRow().insertCell();
    const button = document.createElement("button");
    cell.colSpan = 4;
    button.type = "button";
    button.textContent = `${count} more lines`;
    button.setAttribute("aria-expanded", "false");
    rows.hidden = true;
    button.addEventListener("click", () => {
      rows.hidden = !rows.hidden;
      button.setAttribute("aria-expanded", String(!rows.hidden));
    });
    cell.append(button);
    rows.before(above);
  }
  page.filtered(form, filter);
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("previous").addEventListener("click", () => step(-1));
  page.turned(document.getElementById("theme"));
  page.keyed({ "/": () => words.focus(), n: () => step(1), p: () => step(-1) });
  form.hidden = false;
  filter();
  page.followed(reveal);
})();

(() => {
  const form = document.getElementById("filter");
  const [words, area] = [form.elements.words, form.elements.area];
  const boxes = [...form.elements.verdict];
  const told = form.querySelector("output");
  const rows = [...document.querySelectorAll("[data-verdict]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const filter = () => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const counts = { case: 0, requirement: 0 };
    for (const row of rows) {
      const shown =
        (!verdicts.size || verdicts.has(row.dataset.verdict)) &&
        (!area.value || row.dataset.areas.split(" ").includes(area.value)) &&
        asked.every((word) => textOf(row).includes(word));
      row.hidden = !shown;
      if (shown) counts[row.dataset.kind] += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
    told.value = `${counts.case} cases and ${counts.requirement} requirements are shown`;
  };
  const reveal = (target) => {
    page.opened(target, form, filter);
    target.scrollIntoView();
    (target.tagName === "DETAILS" ? target.querySelector("summary") : target).focus({ preventScroll: true });
  };
  page.filtered(form, filter);
  page.turned(document.getElementById("theme"));
  page.keyed({ "/": () => words.focus() });
  form.hidden = false;
  page.followed(reveal);
})();

"use strict";
(() => {
  const form = document.getElementById("filter");
  const [words, area] = [form.elements.words, form.elements.area];
  const boxes = [...form.elements.verdict];
  const told = form.querySelector("output");
  const theme = document.getElementById("theme");
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
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      form.reset();
      filter();
    }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
    (target.tagName === "DETAILS" ? target.querySelector("summary") : target).focus({ preventScroll: true });
  };
  let pending = 0;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(filter, 120);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  theme.addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    words.focus();
  });
  window.addEventListener("hashchange", reveal);
  form.hidden = false;
  reveal();
})();

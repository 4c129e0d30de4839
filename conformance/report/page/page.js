"use strict";
// What pages have in common: a form that filters, fragments that lead to what is hidden or folded away, keys, colours.
const page = {
  filtered(form, filter) {
    let pending = 0;
    form.addEventListener("input", () => {
      clearTimeout(pending);
      pending = setTimeout(filter, 120);
    });
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
  },
  opened(target, form, filter) {
    if (target.closest("[hidden]")) {
      form.reset();
      filter();
    }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  },
  followed(reveal) {
    const arrive = () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target) reveal(target);
    };
    window.addEventListener("hashchange", arrive);
    arrive();
  },
  keyed(acts) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("input, select, textarea")) return;
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  },
  turned(button) {
    button.addEventListener("click", () => {
      const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
      document.documentElement.dataset.theme = dark ? "light" : "dark";
    });
  },
};

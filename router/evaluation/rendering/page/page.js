"use strict";
// Two conveniences. Everything else on this page works without them.

// Light, dark, or as the system has it; remembered where the browser allows.
(() => {
  const words = { "": "as the system", light: "light", dark: "dark" };
  const button = document.getElementById("theme");
  let theme = "";
  const show = () => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    button.querySelector("span").textContent = words[theme];
  };
  try {
    theme = localStorage.getItem("router-evaluation-theme") || "";
  } catch {
    // A page that is opened as a file may have no storage.
  }
  if (!(theme in words)) theme = "";
  button.addEventListener("click", () => {
    const names = Object.keys(words);
    theme = names[(names.indexOf(theme) + 1) % names.length];
    show();
    try {
      localStorage.setItem("router-evaluation-theme", theme);
    } catch {
      // Then it lasts as long as the page.
    }
  });
  button.hidden = false;
  show();
})();

// The heads of sortable tables become buttons: numbers by their value, what was not measured last.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const sign = falling ? -1 : 1;
      const texts = place === 0;
      const keyed = [...table.tBodies[0].rows].map((row) => {
        const text = row.cells[place].textContent.trim();
        return [texts ? text : parseFloat(text.replaceAll(",", "")), row];
      });
      keyed.sort(([one], [other]) => {
        if (texts) return sign * one.localeCompare(other);
        if (isNaN(one) || isNaN(other)) return isNaN(one) - isNaN(other);
        return sign * (one - other);
      });
      table.tBodies[0].append(...keyed.map(([, row]) => row));
    });
  });
}

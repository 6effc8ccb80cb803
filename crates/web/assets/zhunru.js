// Makes pages quicker; everything works without it.
"use strict";
document.addEventListener("submit", (event) => {
  // A form is sent once.
  const button = event.target.querySelector("button:not([type=button])");
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button:disabled").forEach((button) => { button.disabled = false; });
});
// In a list with keys, j and k walk, o opens, x ticks; never while something is typed.
document.querySelectorAll(".keys").forEach((hint) => { hint.hidden = false; });
document.addEventListener("keydown", (event) => {
  const list = document.querySelector("[data-keys]");
  const types = event.target.matches("select, textarea, input:not([type=checkbox])");
  if (!list || types || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...list.querySelectorAll("[data-open]")];
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  if (event.key === "j") links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === "k") links[Math.max(at - 1, 0)].focus();
  else if (event.key === "o" && at >= 0) links[at].click();
  else if (event.key === "x" && at >= 0) links[at].closest("tr").querySelector("input[type=checkbox]").click();
  else return;
  event.preventDefault();
});
// What departs from the rules needs a reason: the form says so before it is sent.
document.querySelectorAll(".propose").forEach((form) => {
  const reason = form.querySelector("textarea");
  const look = () => {
    const admits = form.querySelector("[value=admit]:checked");
    reason.required = !!form.querySelector("[data-against]:checked") || (!!admits && !!form.querySelector("[data-condition]:not(:checked)"));
  };
  form.addEventListener("change", look);
  look();
});

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

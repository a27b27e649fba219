// A tap tells what the pointer tells by standing on it, and the next tap elsewhere ends it.
"use strict";
// The dots of a strip tell a mouse their name by themselves; a tap reads the nearest.
document.addEventListener("click", function (event) {
  const told = document.querySelector(".told");
  if (told) told.remove();
  const strip = event.target.closest(".strip svg");
  if (!strip) return;
  const distance = function (dot) {
    const box = dot.getBoundingClientRect();
    return Math.max(0, Math.abs(box.x + box.width / 2 - event.clientX) - box.width / 2);
  };
  // Among dots under the finger, the one drawn on top.
  const nearest = Array.from(strip.querySelectorAll("circle")).reduce(
    (best, dot) => distance(dot) <= distance(best) ? dot : best
  );
  const line = document.createElement("p");
  line.className = "told small";
  line.setAttribute("role", "status");
  line.textContent = nearest.querySelector("title").textContent;
  strip.after(line);
});
window.tellOnTap = function (view) {
  view.addEventListener("click", function (event, item) {
    if (event.pointerType !== "touch") return;
    const told = item && item.tooltip;
    view.tooltip()(view, event, item, told || null);
    event.stopPropagation();
  });
  document.addEventListener("click", function (event) {
    if (event.pointerType === "touch") view.tooltip()(view, event, null, null);
  });
};

// A tap tells what the pointer tells by standing on it, and the next tap elsewhere ends it.
"use strict";
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

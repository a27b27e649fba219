// The map of the first page: choosing its measure.
"use strict";
(function () {
  const map = document.getElementById("map");
  const data = window.commerce.map;
  const tiles = [...map.querySelectorAll("a")];

  function show(measure) {
    map.dataset.measure = measure;
    for (const tile of tiles) {
      const value = data[tile.dataset.code][measure];
      tile.dataset.measure = measure;
      tile.dataset.class = value[0];
      tile.setAttribute("aria-label", value[1]);
    }
    for (const legend of document.querySelectorAll("[data-legend]")) {
      legend.hidden = legend.dataset.legend !== measure;
    }
    map.dispatchEvent(new Event("measured"));
  }
  const radios = [...document.querySelectorAll("input[name=measure]")];
  const asked = new URLSearchParams(location.search).get("measure");
  for (const radio of radios) {
    if (radio.value === asked) radio.checked = true;
    radio.addEventListener("change", () => {
      show(radio.value);
      // The same map in another year or language shows the same measure.
      for (const anchor of document.querySelectorAll("#other-language, #years a")) {
        anchor.search = "?measure=" + radio.value;
      }
    });
  }
  show(radios.find((radio) => radio.checked).value);
})();

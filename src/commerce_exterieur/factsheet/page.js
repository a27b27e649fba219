// Replace each still picture by its interactive twin. Without scripts, or when one
// fails, the still picture stays.
"use strict";
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  for (const [id, spec] of Object.entries(figures)) {
    const still = document.getElementById(id + "-still");
    const live = document.getElementById(id + "-live");
    // `ast`: expressions are interpreted, so the page needs no right to run eval.
    window.vegaEmbed(live, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true,
      // Beside a bar or tile, never on it; ribbons are as wide as the figure.
      tooltip: {anchor: /exports|imports/.test(id) ? "cursor" : "mark", offsetX: 14, offsetY: 14}
    }).then(function (result) {
      live.hidden = false;
      still.remove();
      live.dataset.ready = "yes";
      window.tellOnTap(result.view);
      result.view.run();
    }).catch(function (error) {
      live.remove();
      console.error(error);
    });
  }
})();

// Interactive figures in place of the still ones, and saving them as files. Without
// scripts, or when one fails, the still picture stays.
"use strict";
(function () {
  const commerce = window.commerce;
  // `ast`: expressions are interpreted, so the page needs no right to run eval.
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };

  const sheetOf = (part) => commerce.sheets[part.size][part.code];

  function find(holder) {
    const sheet = sheetOf(holder.dataset);
    return sheet && sheet.figures[holder.dataset.figure];
  }

  function specification(name, figure) {
    const base = commerce.templates[name];
    const datasets = {};
    for (const layer of base.layer) {
      datasets[layer.name] = figure.datasets[layer.name] || [];
    }
    return Object.assign({}, base, {
      width: figure.width, height: figure.height, padding: 0,
      description: figure.description, datasets: datasets
    });
  }

  commerce.draw = function (holder) {
    const figure = find(holder);
    if (!figure || holder.dataset.ready) return Promise.resolve(null);
    holder.dataset.ready = "begun";
    const spec = specification(holder.dataset.figure, figure);
    return window.vegaEmbed(holder, spec, options).then((result) => {
      holder.hidden = false;
      const still = document.getElementById(holder.id.replace(/-live$/, "-still"));
      if (still) still.remove();
      holder.dataset.ready = "yes";
      return result.view.runAsync();
    }).catch((error) => {
      holder.hidden = true;
      console.error(error);
    });
  };

  // Drawn when they come near: a phone need not draw eight figures at once.
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      commerce.draw(entry.target.querySelector(".live"));
    }
  }, { rootMargin: "400px" });
  commerce.watch = (chart) => near.observe(chart);
  for (const chart of document.querySelectorAll(".chart")) {
    if (chart.querySelector(".live[data-code]")) commerce.watch(chart);
  }

  // ------------------------------------------------------------------------ saving
  // A saved figure stands alone: it carries its title, its source and the mention.
  function standalone(holder) {
    const figure = find(holder);
    const spec = specification(holder.dataset.figure, figure);
    const lines = figure.lines.flat();
    const margin = 16, titles = 24 * figure.title.length + 18 * lines.length;
    spec.padding = { left: margin, right: margin, bottom: margin, top: margin + titles + 12 };
    spec.title = {
      text: figure.title, subtitle: lines, anchor: "start", frame: "group",
      offset: 12, fontSize: 20, fontWeight: 600, lineHeight: 24, color: "#1A1F2B",
      subtitleFontSize: 13, subtitleLineHeight: 18, subtitleColor: "#565D6B",
      subtitlePadding: 4
    };
    const quiet = Object.assign({}, options, { tooltip: false });
    return window.vegaEmbed(document.createElement("div"), spec, quiet)
      .then((result) => result.view);
  }

  function fontStyle() {
    if (commerce.fonts) return Promise.resolve(commerce.fonts);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.documentElement.dataset.root + "assets/fonts.js";
      script.onload = () => resolve(commerce.fonts);
      script.onerror = () => reject(new Error("assets/fonts.js"));
      document.head.append(script);
    });
  }

  function svgFile(view) {
    return Promise.all([view.toSVG(), fontStyle()]).then(([svg, style]) => {
      const text = svg.replace(/^<svg[^>]*>/, (head) => head + "<style>" + style + "</style>");
      return URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    });
  }

  for (const button of document.querySelectorAll("button[data-save]")) {
    const holder = document.getElementById(button.dataset.for);
    if (!find(holder)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const kind = button.dataset.save;
      const part = holder.dataset;
      standalone(holder)
        .then((view) => kind === "svg" ? svgFile(view) : view.toImageURL("png", 3))
        .then((address) => {
          const anchor = document.createElement("a");
          anchor.href = address;
          anchor.download = [part.code, sheetOf(part).year, part.figure]
            .join("_") + "." + kind;
          anchor.click();
        })
        .catch((error) => console.error(error));
    });
  }
})();

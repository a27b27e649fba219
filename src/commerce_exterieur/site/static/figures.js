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

  // The figures of other territories come when they are looked at.
  const loading = {};
  function load(name) {
    loading[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.documentElement.dataset.home + name;
      script.onload = resolve;
      script.onerror = () => reject(new Error(name));
      document.head.append(script);
    });
    return loading[name];
  }

  // A click on an activity or a country leads to its page; sectors have none.
  const pages = new Set(commerce.index.places.map((place) => place.page));
  const sides = {
    exports: { left: "activity", right: "country" },
    imports: { left: "country", right: "activity" }
  };
  function leadOn(view, figure) {
    view.addEventListener("click", (event, item) => {
      const datum = item && item.datum;
      if (!datum || event.pointerType === "touch") return;
      const kind = figure === "activities" ? "activity"
        : figure === "balances" ? "country" : (sides[figure] || {})[datum.side];
      const code = figure === "activities" ? String(datum.key).split(":")[1] : datum.code;
      const page = kind + "-" + code + ".html";
      if (pages.has(page)) {
        const { home, year } = document.documentElement.dataset;
        location.href = home + year + "/" + page;
      }
    });
  }

  commerce.draw = function (holder) {
    const script = holder.dataset.script;
    if (script && !find(holder)) {
      return load(script).then(() => find(holder) ? commerce.draw(holder) : null,
        (error) => console.error(error));
    }
    const figure = find(holder);
    if (!figure || holder.dataset.ready) return Promise.resolve(null);
    holder.dataset.ready = "begun";
    const spec = specification(holder.dataset.figure, figure);
    // Beside a bar or tile, never on it; ribbons are as wide as the figure.
    const anchor = /exports|imports/.test(holder.dataset.figure) ? "cursor" : "mark";
    const told = Object.assign({ tooltip: { anchor, offsetX: 14, offsetY: 14 } }, options);
    return window.vegaEmbed(holder, spec, told).then((result) => {
      window.tellOnTap(result.view);
      leadOn(result.view, holder.dataset.figure);
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

  // The figure alone: a slide writes its words itself.
  function bareView(holder) {
    const spec = specification(holder.dataset.figure, find(holder));
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

  // A slide: the finding of the page, the figure, whose figures they are and where.
  function slide(view, holder) {
    const figure = find(holder);
    return view.toCanvas(4).then((drawn) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [1920, 1080];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, 1920, 1080);
      const write = (text, y, size, weight, color) => {
        pen.fillStyle = color;
        let fit = size;
        do {
          pen.font = weight + " " + fit + "px 'Source Sans Pro', sans-serif";
          fit -= 1;
        } while (pen.measureText(text).width > 1800 && fit > 14);
        pen.fillText(text, 60, y);
      };
      const title = figure.title.join(" ");
      const said = document.querySelector(".band .headline");
      write(said ? said.textContent : title, 88, 52, 600, "#1A1F2B");
      write(said ? title : "", 140, 32, 400, "#565D6B");
      const [width, height] = [1800, 830];
      const scale = Math.min(width / drawn.width, height / drawn.height);
      pen.drawImage(drawn, 60 + (width - drawn.width * scale) / 2, 170,
        drawn.width * scale, drawn.height * scale);
      const lines = figure.lines.map((parts) => parts.join(" ")).slice(1).join(" · ");
      write(lines, 1030, 24, 400, "#565D6B");
      const place = location.protocol === "file:" ? "" : location.href.split("#")[0];
      write(place, 1062, 22, 400, "#565D6B");
      return canvas.toDataURL("image/png");
    });
  }

  for (const button of document.querySelectorAll("button[data-save]")) {
    const holder = document.getElementById(button.dataset.for);
    const script = holder.dataset.script;
    if (!script && !find(holder)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const kind = button.dataset.save;
      const part = holder.dataset;
      Promise.resolve(find(holder) || load(script))
        .then(() => standalone(holder))
        .then((view) => kind === "svg" ? svgFile(view)
          : kind === "slide" ? bareView(holder).then((bare) => slide(bare, holder))
            : view.toImageURL("png", 3))
        .then((address) => {
          const anchor = document.createElement("a");
          anchor.href = address;
          anchor.download = [part.code, sheetOf(part).year, part.figure]
            .join("_") + (kind === "slide" ? "_slide.png" : "." + kind);
          anchor.click();
        })
        .catch((error) => console.error(error));
    });
  }
})();

// The search box, the years, the other language: what every page does.
"use strict";
window.commerce = Object.assign({ sheets: { full: {}, compact: {} }, members: {}, map: {}, templates: {} }, window.commerce);
(function () {
  const page = document.documentElement.dataset;
  const index = window.commerce.index;
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[^a-z0-9]+/g, " ").trim();

  // A place without `years` has a page in all of them.
  const stands = (place, year) => !place.years || place.years.includes(Number(year));

  // ---------------------------------------------------------------- the search box
  const input = document.getElementById("search");
  const list = document.getElementById("found");
  const count = document.getElementById("found-count");

  // Lower is better: the code itself (a department's before a region's), the beginning
  // of a name, of a word, anywhere.
  function rank(place, wanted) {
    const own = rankName(place, wanted);
    place.through = null;
    if ((own >= 0 && own < 0.9) || !place.also) return own;
    // Another name of it, a product of an activity, a town of a department: whole (in
    // the plural too), its beginning, a word's.
    place.alsoFolded ??= place.also.map(fold);
    for (const [rank, holds] of [
      [0.9, (each) => each === wanted || each === wanted + "s"],
      [1.5, (each) => wanted.length > 2 && each.startsWith(wanted)],
      [2.5, (each) => wanted.length > 2 && (" " + each).includes(" " + wanted)]
    ]) {
      const at = place.alsoFolded.findIndex(holds);
      if (at >= 0 && (own < 0 || rank < own)) {
        place.through = place.also[at];
        return rank;
      }
    }
    return own;
  }

  function rankName(place, wanted) {
    const keys = place.folded ??= fold(place.name + " " + (place.codes || ""));
    const words = " " + keys + " ";
    if (words.includes(" " + wanted + " ") && !keys.startsWith(wanted + " ")) {
      return !/\d/.test(wanted) ? 1 : place.page.startsWith("R") ? 0.5 : 0;
    }
    if (keys.startsWith(wanted)) return 1;
    if (words.includes(" " + wanted)) return 2;
    // « cote dor » is the Côte-d'Or.
    return keys.includes(wanted) ? 3
      : keys.replaceAll(" ", "").includes(wanted.replaceAll(" ", "")) ? 4 : -1;
  }

  function link(place, year) {
    const item = document.createElement("li");
    const anchor = document.createElement("a");
    anchor.href = page.home + year + "/" + place.page;
    anchor.append(place.name + " ");
    const kind = document.createElement("span");
    kind.textContent = (place.code ? place.kind + " " + place.code : place.kind)
      + (place.through ? " · " + place.through : "");
    anchor.append(kind);
    item.append(anchor);
    return item;
  }

  function search() {
    const wanted = fold(input.value);
    const year = page.year || index.years[index.years.length - 1];
    const found = !wanted ? [] : index.places.filter((place) => stands(place, year))
      .map((place, at) => ({ place, at, rank: rank(place, wanted) }))
      .filter((each) => each.rank >= 0)
      .sort((a, b) => a.rank - b.rank || a.at - b.at)
      .map((each) => each.place);
    list.replaceChildren(...found.slice(0, 12).map((place) => link(place, year)));
    list.hidden = !found.length;
    count.textContent = !wanted ? "" : !found.length ? index.words.none
      : found.length === 1 ? index.words.one
        : index.words.many.replace("{count}", found.length);
    count.classList.toggle("unseen", !wanted || found.length > 0);
  }

  function close() {
    list.hidden = true;
    count.textContent = "";
    count.classList.add("unseen");
  }

  input.addEventListener("input", search);
  input.addEventListener("focus", search);
  input.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "Escape") { input.value = ""; close(); }
    if (!first || list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); first.focus(); }
    if (event.key === "Enter") { event.preventDefault(); first.click(); }
  });
  list.addEventListener("keydown", (event) => {
    const anchors = [...list.querySelectorAll("a")];
    const at = anchors.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && at < anchors.length - 1) anchors[at + 1].focus();
    else if (event.key === "ArrowUp") (anchors[at - 1] || input).focus();
    else if (event.key === "Escape") { input.focus(); close(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".search")) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".search")) close();
  });

  // ----------------------------------------------------- years, the other language
  // A year built later is known to the index, not to the pages already written.
  const years = document.getElementById("years");
  if (years && index) {
    const shown = years.querySelector("a").textContent;
    const own = index.places.find((place) => place.page === years.dataset.page) || {};
    const links = index.years.filter((year) => stands(own, year)).map((year) => {
      const item = document.createElement("li");
      const anchor = document.createElement("a");
      anchor.href = page.home + year + "/" + years.dataset.page;
      anchor.textContent = year;
      if (String(year) === shown) anchor.setAttribute("aria-current", "page");
      item.append(anchor);
      return item;
    });
    years.replaceChildren(...links);
    years.closest("nav").hidden = links.length < 2;
  }
  window.commerce.keepQuery = function () {
    for (const anchor of document.querySelectorAll("#other-language, #years a")) {
      anchor.search = location.search;
    }
  };
  window.commerce.keepQuery();

  // ------------------------------------------------------------------ maps of tiles
  // A pointer or the focus reads a tile; so does a first tap, the second opens its page.
  for (const map of document.querySelectorAll(".tiles-map")) {
    const readout = map.querySelector(".readout");
    let told = null;
    let tapped = null;
    const say = () => {
      if (told) readout.textContent = told.getAttribute("aria-label");
    };
    map.addEventListener("measured", say);
    for (const tile of map.querySelectorAll("a")) {
      const read = () => { told = tile; say(); };
      tile.addEventListener("pointerenter", read);
      tile.addEventListener("focus", read);
      tile.addEventListener("click", (event) => {
        if (event.pointerType !== "touch" || tapped === tile) return;
        event.preventDefault();
        tapped = tile;
        read();
      });
    }
  }

  // ------------------------------------------------- taking away: links, embeds, words
  function offer(button, text) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const label = button.textContent;
      navigator.clipboard.writeText(text()).then(() => {
        button.textContent = "✓ " + label;
        setTimeout(() => { button.textContent = label; }, 2000);
      }).catch((error) => console.error(error));
    });
  }
  const here = () => location.href.split("#")[0].split("?")[0];
  for (const button of document.querySelectorAll("button[data-link]")) {
    offer(button, () => here() + "#" + button.dataset.link);
  }
  for (const button of document.querySelectorAll("button[data-embed]")) {
    offer(button, () => '<iframe src="' + here() + "?embed=" + button.dataset.embed
      + '" width="100%" height="640" style="border:0" loading="lazy"></iframe>');
  }
  const summary = document.getElementById("copy-summary");
  if (summary) {
    offer(summary, () => [
      ...document.querySelectorAll(".band .kicker, .band .headline, .band .lead"),
      document.querySelector("footer p")
    ].map((part) => part.textContent.trim()).concat(here()).join("\n"));
  }
  // Embedded, a figure stands alone with its source.
  const alone = document.getElementById(new URLSearchParams(location.search).get("embed"));
  if (alone) {
    for (let part = alone.parentElement; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    document.body.replaceChildren(alone, ...document.querySelectorAll("body > script"));
    document.body.classList.add("embedded");
  }
})();

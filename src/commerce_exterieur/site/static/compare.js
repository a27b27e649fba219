// Two territories side by side, from the data of their own pages: ?a=D52&b=D67
"use strict";
(function () {
  const commerce = window.commerce;
  const own = document.currentScript.dataset;
  const status = document.getElementById("compared-status");
  const compared = document.getElementById("compared");
  const waiting = status.textContent;
  const choices = Object.fromEntries(["a", "b"].map(
    (side) => [side, document.getElementById("choose-" + side)]
  ));

  function need(held, source, code) {
    if (held[code]) return Promise.resolve(held[code]);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve(held[code]);
      script.onerror = () => reject(new Error(code));
      document.head.append(script);
    });
  }
  const load = (code) => need(commerce.sheets.full, own.folder + code + ".js", code);
  const loadMembers = (code) =>
    need(commerce.members, own.members + code + "-members.js", code);

  // ------------------------------------------------------- two dots a row, one chart
  // The first ten of either territory, set beside what they are in the other.
  const language = document.documentElement.lang;
  const writers = {
    share: new Intl.NumberFormat(language, {
      style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1
    }),
    value: new Intl.NumberFormat(language, {
      style: "currency", currency: "EUR", notation: "compact",
      minimumFractionDigits: 1, maximumFractionDigits: 1
    })
  };
  const names = Object.fromEntries(commerce.index.places
    .filter((place) => /^(activity|country)-/.test(place.page))
    .map((place) => [place.page.replace(/^\w+-|\.html$/g, ""), place]));
  const wish = (name) => document.querySelector("input[name=" + name + "]:checked").value;
  let pair = null;

  function dots() {
    if (!pair) return;
    const at = wish("unit") === "share" ? 1 : 0;
    const [kind, flow] = [wish("kind"), wish("flow")];
    const sides = pair.map((held) => held[kind][flow]);
    const codes = [...new Set(sides.flatMap((held) => Object.keys(held).slice(0, 10)))];
    const of = (code) => sides.map((held) => (held[code] || [0, 0])[at]);
    codes.sort((a, b) => Math.max(...of(b)) - Math.max(...of(a)));
    const most = Math.max(1e-9, ...codes.flatMap(of));
    const write = (value) => value ? writers[wish("unit")].format(value) : "–";
    const table = document.getElementById("dots");
    document.getElementById("dots-most").textContent = codes.length ? write(most) : "";
    table.tBodies[0].replaceChildren(...codes.slice(0, 15).map((code) => {
      const values = of(code);
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      const place = names[code];
      if (place) {
        const anchor = document.createElement("a");
        anchor.href = own.sheets + place.page;
        anchor.textContent = place.name;
        head.append(anchor);
      } else head.textContent = code;
      const cell = document.createElement("td");
      cell.className = "track";
      cell.setAttribute("aria-hidden", "true");
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const line = document.createElement("i");
      line.style.left = 100 * low / most + "%";
      line.style.width = 100 * (high - low) / most + "%";
      cell.append(line, ...values.map((value, side) => {
        const dot = document.createElement("b");
        dot.className = "ab"[side];
        dot.style.left = 100 * value / most + "%";
        return dot;
      }));
      row.append(head, cell, ...values.map((value, side) => {
        const number = document.createElement("td");
        number.textContent = write(value);
        number.className = "ab"[side];
        return number;
      }));
      return row;
    }));
    if (!codes.length) table.tBodies[0].textContent = table.dataset.none;
  }
  for (const radio of document.querySelectorAll(".dots-choice input")) {
    radio.addEventListener("change", dots);
  }

  function fill(side, code, sheet) {
    for (const head of document.querySelectorAll('[data-name="' + side + '"]')) {
      const anchor = document.createElement("a");
      anchor.href = own.sheets + code + ".html";
      anchor.textContent = sheet.name;
      head.replaceChildren(anchor);
    }
    for (const row of document.querySelectorAll("#compared-table tbody tr")) {
      const cells = [...row.querySelectorAll("td")];
      const half = cells.length / 2;
      const values = sheet.key[row.dataset.row] || [];
      cells.slice(side === "a" ? 0 : half).slice(0, half)
        .forEach((cell, at) => { cell.textContent = values[at] || "–"; });
    }
    for (const holder of document.querySelectorAll('.live[data-side="' + side + '"]')) {
      const fresh = holder.cloneNode(false);
      fresh.dataset.code = code;
      delete fresh.dataset.ready;
      holder.replaceWith(fresh);
      const figure = sheet.figures[fresh.dataset.figure];
      const caption = fresh.closest("figure").querySelector("figcaption");
      caption.textContent = figure
        ? figure.lines.map((parts) => parts.join(" ")).join(" · ") : own.none;
      fresh.closest(".chart").hidden = !figure;
      if (figure) commerce.draw(fresh);
    }
  }

  let latest = 0;
  function show() {
    const turn = ++latest;
    const codes = Object.fromEntries(Object.entries(choices).map(
      ([side, choice]) => [side, choice.value]
    ));
    const query = new URLSearchParams(codes).toString();
    try { history.replaceState(null, "", "?" + query); } catch (error) { /* file:// */ }
    commerce.keepQuery();
    return Promise.all([
      load(codes.a), load(codes.b), loadMembers(codes.a), loadMembers(codes.b)
    ]).then((sheets) => {
      // Others were chosen while these were being loaded.
      if (turn !== latest) return;
      compared.hidden = false;
      status.hidden = !unknown.length;
      status.textContent = own.unknown + " " + unknown.join(", ");
      fill("a", codes.a, sheets[0]);
      fill("b", codes.b, sheets[1]);
      pair = sheets.slice(2);
      dots();
      const notes = new Set(sheets[0].notes.concat(sheets[1].notes));
      document.getElementById("compared-notes").replaceChildren(...[...notes].map((note) => {
        const item = document.createElement("li");
        item.textContent = note;
        return item;
      }));
      for (const row of document.querySelectorAll("#compared-table tbody tr")) {
        row.hidden = [...row.querySelectorAll("td")].every((cell) => cell.textContent === "–");
      }
    }).catch((error) => {
      if (turn !== latest) return;
      // What is still shown is not what is chosen.
      compared.hidden = true;
      status.hidden = false;
      status.textContent = own.missing + " (" + error.message + ")";
    });
  }

  const asked = new URLSearchParams(location.search);
  const unknown = [];
  for (const [side, choice] of Object.entries(choices)) {
    const known = [...choice.options].map((option) => option.value);
    const code = asked.get(side);
    if (code && !known.includes(code)) unknown.push(code);
    // Without a wish, the first department; against the country.
    const department = known.find((code) => code[0] === "D") || known[0];
    choice.value = known.includes(code) ? code
      : side === "a" || choices.a.value === known[0] ? department : known[0];
    choice.addEventListener("change", () => { unknown.length = 0; show(); });
  }
  status.textContent = waiting;
  show();
})();

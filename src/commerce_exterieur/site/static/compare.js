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

  function load(code) {
    if (commerce.sheets.full[code]) return Promise.resolve(commerce.sheets.full[code]);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = own.folder + code + ".js";
      script.onload = () => resolve(commerce.sheets.full[code]);
      script.onerror = () => reject(new Error(code));
      document.head.append(script);
    });
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
    return Promise.all([load(codes.a), load(codes.b)]).then((sheets) => {
      // Others were chosen while these were being loaded.
      if (turn !== latest) return;
      compared.hidden = false;
      status.hidden = !unknown.length;
      status.textContent = own.unknown + " " + unknown.join(", ");
      fill("a", codes.a, sheets[0]);
      fill("b", codes.b, sheets[1]);
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
    // Without a wish, the country and the first department.
    choice.value = known.includes(code) ? code
      : side === "a" ? known[0] : known.find((code) => code[0] === "D") || known[0];
    choice.addEventListener("change", () => { unknown.length = 0; show(); });
  }
  status.textContent = waiting;
  show();
})();

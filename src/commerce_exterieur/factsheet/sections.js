// Mark in the bar of chapters the one being read.
"use strict";
(function () {
  const links = new Map([...document.querySelectorAll(".sections a[href^='#']")]
    .map((link) => [link.hash.slice(1), link]));
  if (!links.size || !window.IntersectionObserver) return;
  const seen = new Map();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
    const current = [...links.keys()].find((id) => seen.get(id));
    for (const [id, link] of links) {
      if (id !== current) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        const list = link.closest("ul");
        list.scrollLeft = link.offsetLeft - list.offsetLeft - 16;
      }
    }
  }, { rootMargin: "-25% 0px -60% 0px" });
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) watch.observe(section);
  }
})();

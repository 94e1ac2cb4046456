// Ways around the page: colours, links to headings, copying, larger images, keys. Without it everything can be read.
"use strict";
(() => {
  const root = document.documentElement;
  const THEMES = ["system", "light", "dark"];
  const THEME_KEY = "gridproof-theme";

  function button(text, label, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  }

  // A page from a file may not be allowed to remember anything.
  function remembered() {
    try { return localStorage.getItem(THEME_KEY); } catch { return null; }
  }

  function remember(theme) {
    try { localStorage.setItem(THEME_KEY, theme); } catch { /* for this visit only */ }
  }

  // What stands at the right end of the navigation.
  function makeTools() {
    const tools = document.createElement("div");
    tools.className = "tools";
    document.querySelector("nav").append(tools);
  }

  // On a narrow screen the sections stand behind a button; without scripts they scroll sideways.
  function makeMenu() {
    const nav = document.querySelector("nav");
    const menu = button("Sections", "Sections", () => open(menu.getAttribute("aria-expanded") !== "true"));
    function open(shown) {
      menu.setAttribute("aria-expanded", shown);
      nav.classList.toggle("open", shown);
    }
    menu.className = "menu";
    menu.setAttribute("aria-controls", "sections");
    nav.classList.add("folded");
    nav.prepend(menu);
    nav.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); });
    nav.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
    open(false);
  }

  function makeThemes() {
    const toggle = button("", "", () => show(THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length]));
    function show(theme) {
      root.dataset.theme = theme;
      toggle.textContent = { system: "◐", light: "☀", dark: "☾" }[theme];
      toggle.setAttribute("aria-label", `Colours: ${theme}; change`);
      toggle.title = toggle.getAttribute("aria-label");
      remember(theme);
    }
    toggle.className = "theme";
    document.querySelector("nav .tools").append(toggle);
    show(THEMES.includes(remembered()) ? remembered() : "system");
  }

  function makeAnchors() {
    document.querySelectorAll("main :is(h2, h3)[id]").forEach((heading) => {
      const link = document.createElement("a");
      link.href = `#${heading.id}`;
      link.className = "anchor";
      link.textContent = "#";
      link.setAttribute("aria-label", `Link to ${heading.textContent}`);
      heading.append(" ", link);
    });
  }

  function makeCopies() {
    document.querySelectorAll("main pre").forEach((block) => {
      const text = block.textContent;
      const copy = button("copy", "Copy these commands", async () => {
        try { await navigator.clipboard.writeText(text); copy.textContent = "copied"; } catch { copy.textContent = "not allowed"; }
        setTimeout(() => { copy.textContent = "copy"; }, 2000);
      });
      copy.className = "copy";
      block.append(copy);
    });
  }

  // Figures open larger in a dialog; arrows lead to the next and the one before. A chart is lent to
  // the dialog, as it is, and goes back to its place.
  function makeGallery() {
    const figures = [...document.querySelectorAll("main figure")];
    const dialog = document.createElement("dialog");
    const caption = document.createElement("p");
    const frame = document.createElement("div");
    dialog.className = "gallery";
    dialog.setAttribute("aria-label", "Figure");
    dialog.append(button("×", "Close", () => dialog.close()), frame, caption);
    document.body.append(dialog);
    const place = document.createComment("");
    let at = 0;
    function giveBack() {
      if (place.parentNode) place.replaceWith(...frame.childNodes);
    }
    function open(index) {
      giveBack();
      at = (index + figures.length) % figures.length;
      const charts = figures[at].querySelector(".charts:not([hidden])");
      const image = figures[at].querySelector("img:not(.still)") ?? figures[at].querySelector("img");
      charts?.replaceWith(place);
      frame.replaceChildren(charts ?? image.cloneNode());
      caption.textContent = figures[at].querySelector("figcaption").textContent;
      if (!dialog.open) dialog.showModal();
    }
    figures.forEach((figure, index) => {
      const larger = button("larger", "Show this figure larger", () => open(index));
      larger.className = "larger";
      figure.append(larger);
    });
    dialog.addEventListener("close", giveBack);
    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step && event.target.type !== "range") open(at + step);
    });
  }

  // A link to something folded opens it, also when it was followed before.
  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let folded = target?.closest("details");
    if (!folded) return;
    for (; folded; folded = folded.parentElement.closest("details")) folded.open = true;
    target.scrollIntoView();
  }

  function markCurrent() {
    const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
    const seen = new IntersectionObserver((entries) => {
      const entry = entries.find((item) => item.isIntersecting);
      if (!entry) return;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }, { rootMargin: "-10% 0px -80% 0px" });
    links.forEach((_, id) => seen.observe(document.getElementById(id)));
  }

  const KEYS = [
    ["j", "next section"],
    ["k", "section before"],
    ["/", "the next filter of a table"],
    ["drag", "over a chart: zoom; double-click: the whole of it"],
    ["← →", "in a large figure: the one before, the next"],
    ["?", "these keys"],
    ["Esc", "close what is open"],
  ];

  function makeKeys() {
    const dialog = document.createElement("dialog");
    const list = document.createElement("dl");
    dialog.className = "keys";
    dialog.setAttribute("aria-label", "Keys");
    KEYS.forEach(([key, meaning]) => {
      const [term, text, name] = ["dt", "dd", "kbd"].map((element) => document.createElement(element));
      name.textContent = key;
      term.append(name);
      text.textContent = meaning;
      list.append(term, text);
    });
    dialog.append(button("×", "Close", () => dialog.close()), list);
    document.body.append(dialog);
    const opener = button("?", "Keys", () => dialog.showModal());
    opener.className = "help";
    document.querySelector("nav .tools").append(opener);
    return dialog;
  }

  // See KEYS; nothing happens while something is typed or a dialog is open.
  function listenToKeys(keys) {
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
      const headings = [...document.querySelectorAll("main h2")];
      const below = headings.findIndex((heading) => heading.getBoundingClientRect().top > 80);
      const current = below < 0 ? headings.length : below;
      if (event.key === "j") headings[Math.min(current, headings.length - 1)]?.scrollIntoView();
      if (event.key === "k") headings[Math.max(current - 2, 0)]?.scrollIntoView();
      if (event.key === "?") keys.showModal();
      if (event.key === "/") {
        const filters = [...document.querySelectorAll(".filter input")];
        const next = filters.find((input) => input.getBoundingClientRect().top > 0) ?? filters[0];
        if (next) { event.preventDefault(); next.focus(); }
      }
    });
  }

  makeTools();
  makeMenu();
  makeThemes();
  makeAnchors();
  makeCopies();
  makeGallery();
  markCurrent();
  openTarget();
  window.addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => { if (event.target.closest('a[href^="#"]')) setTimeout(openTarget); });
  listenToKeys(makeKeys());
})();

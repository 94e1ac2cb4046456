// The evidence of a phrase: one dot a seed against the bounds, in the margin or below the paragraph. Without it a phrase
// leads to its claim in the appendix.
"use strict";
(() => {
  const block = document.getElementById("evidence");
  if (!block) return;
  const CLAIMS = JSON.parse(block.textContent);
  const WIDE = matchMedia("(min-width: 1100px)");
  const SVG = "http://www.w3.org/2000/svg";
  const [WIDTH, HEIGHT, EDGE, MIDDLE] = [280, 74, 14, 30];
  const FEW_CONDITIONS = 3;
  let shown = null;

  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function drawn(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // Places on the drawing of all numbers of a condition; on a logarithmic axis where the mean is taken there.
  function axis(condition) {
    const numbers = [...condition.values, condition.at_least, condition.at_most, condition.published];
    if (condition.estimand === "mean") numbers.push(condition.low, condition.high);
    const finite = numbers.filter((number) => Number.isFinite(number));
    const logarithmic = condition.scale === "log" && finite.every((number) => number > 0);
    const scaled = (number) => logarithmic ? Math.log(number) : number;
    const [low, high] = [Math.min(...finite.map(scaled)), Math.max(...finite.map(scaled))];
    const span = high - low || 1;
    return (number) => EDGE + (WIDTH - 2 * EDGE) * (scaled(number) - low) / span;
  }

  function drawing(condition) {
    const place = axis(condition);
    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    svg.append(Object.assign(drawn("title", {}), { textContent: condition.text }));
    const left = condition.at_least === null ? 0 : place(condition.at_least);
    const right = condition.at_most === null ? WIDTH : place(condition.at_most);
    svg.append(drawn("rect", { x: left, y: 6, width: Math.max(1, right - left), height: 48, class: "within" }));
    for (const bound of [condition.at_least, condition.at_most]) {
      if (bound !== null) svg.append(drawn("line", { x1: place(bound), x2: place(bound), y1: 4, y2: 56, class: "bound" }));
    }
    condition.values.forEach((value, index) => {
      if (!Number.isFinite(value)) return;
      const inside = condition.held[index];
      svg.append(drawn("circle", {
        cx: place(value), cy: MIDDLE - 10 + (index % 5) * 5, r: 3.2, class: inside ? "seed met" : "seed",
      }));
    });
    if (condition.estimand === "mean") {
      svg.append(drawn("line", { x1: place(condition.low), x2: place(condition.high), y1: 50, y2: 50, class: "interval" }));
      svg.append(drawn("circle", { cx: place(condition.estimate), cy: 50, r: 4, class: "estimate" }));
    }
    if (Number.isFinite(condition.published)) {
      const x = place(condition.published);
      svg.append(drawn("path", { d: `M${x} 0l5 6l-5 6l-5 -6z`, class: "published" }));
    }
    [condition.at_least, condition.at_most].filter((bound) => bound !== null).forEach((bound, index) => {
      const x = place(bound);
      const anchor = x < WIDTH / 3 ? "start" : x > 2 * WIDTH / 3 ? "end" : "middle";
      svg.append(Object.assign(drawn("text", { x, y: 70, "text-anchor": anchor }), { textContent: condition.bounds[index] }));
    });
    return svg;
  }

  function card(id) {
    const claim = CLAIMS[id];
    const made = element("aside", undefined, "evidence");
    made.setAttribute("aria-label", `Evidence of ${id}`);
    made.append(element("p", claim.statement, "statement"));
    made.append(element("p", [claim.verdict, claim.judged].filter(Boolean).join(", "), `result ${claim.kind}`));
    for (const condition of claim.conditions.slice(0, FEW_CONDITIONS)) {
      made.append(element("p", condition.what, "what"));
      if (condition.values.some(Number.isFinite)) made.append(drawing(condition));
      made.append(element("p", condition.text));
    }
    const more = claim.conditions.length - FEW_CONDITIONS;
    const link = element("a", more > 0 ? `rule, cells and ${more} more` : "rule, numbers and cells");
    link.href = `#${claim.anchor}`;
    made.append(link, element("code", `gridproof claims ${id}`));
    return made;
  }

  function hide() {
    shown?.card.remove();
    shown?.phrase.removeAttribute("aria-expanded");
    shown = null;
  }

  function show(phrase) {
    if (shown?.phrase === phrase) return;
    hide();
    const made = card(phrase.dataset.claim);
    const paragraph = phrase.closest("p, li, td") ?? phrase;
    if (WIDE.matches) {
      made.classList.add("margin");
      made.style.top = `${paragraph.getBoundingClientRect().top + scrollY}px`;
      document.body.append(made);
    } else {
      (paragraph.closest("ul, ol, table") ?? paragraph).after(made);
    }
    phrase.setAttribute("aria-expanded", "true");
    shown = { phrase, card: made };
  }

  // A dot leads to where its statement is said in a section, rather than to the appendix.
  function leadToSentences() {
    const [first, last] = [document.getElementById("method"), document.getElementById("discussion")];
    const follows = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
    const said = new Map();
    document.querySelectorAll("a.phrase").forEach((phrase, number) => {
      phrase.id ||= `said-${number}`;
      const inSection = (!first || follows(first, phrase)) && (!last || follows(phrase, last));
      if (inSection || !said.has(phrase.dataset.claim)) said.set(phrase.dataset.claim, phrase);
    });
    document.querySelectorAll("a.dot").forEach((dot) => {
      if (said.has(dot.dataset.claim)) dot.href = `#${said.get(dot.dataset.claim).id}`;
    });
  }

  leadToSentences();
  document.querySelectorAll("a.phrase").forEach((phrase) => {
    if (!(phrase.dataset.claim in CLAIMS)) return;
    phrase.addEventListener("pointerenter", () => { if (WIDE.matches) show(phrase); });
    phrase.addEventListener("focus", () => { if (WIDE.matches) show(phrase); });
    phrase.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (shown?.phrase === phrase && !WIDE.matches) hide(); else show(phrase);
    });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  WIDE.addEventListener("change", hide);
})();

// Charts in place of pictures: hover shows the numbers, dragging zooms. The picture stays for print.
// Drawn by uPlot (MIT License, Copyright (c) 2022 Leon Sorokin), which stands above.
"use strict";
(() => {
  const INK = "#222222", GRID = "#e3e3e3", BAND = "33", HEIGHT = 270, FONT = "13px system-ui, sans-serif";
  const FADED = 0.25, LARGER = 1.7, NAMES = 84;
  const SVG = "http://www.w3.org/2000/svg";
  // The marks of figures, by their names there, as paths of about radius 1.
  const MARKS = {
    o: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
    s: "M-.9-.9H.9V.9H-.9Z",
    D: "M0-1.2L1.2 0 0 1.2-1.2 0Z",
    "^": "M0-1.1L1.1 1H-1.1Z",
    v: "M0 1.1L1.1-1H-1.1Z",
    P: "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
    X: "M-1-.5L-.5-1 0-.5 .5-1 1-.5 .5 0 1 .5 .5 1 0 .5-.5 1-1 .5-.5 0Z",
  };

  function make(name, attributes, ...children) {
    return fill(document.createElement(name), attributes, children);
  }

  function fill(element, attributes, children = []) {
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function written(value) {
    if (value === null || value === undefined) return "–";
    return Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(3) : value.toExponential(1);
  }

  function hasDiverged({ marks }) {
    return Boolean(marks?.some(([marker]) => marker === "X"));
  }

  function hasEnded({ mean, marker }, index) {
    return !marker && mean.slice(index).every((value) => value === null);
  }

  // Where a series has its numbers at a place. In a sparse panel those of the last place before
  // stand until the next, as a training's accuracy does between two epochs; those of a line that
  // has come to its end stand ever after, unless it ends because it diverged.
  function placeOf({ sparse }, series, index) {
    const { mean } = series;
    const stands = hasEnded(series, index) ? !hasDiverged(series) : sparse;
    if (!stands || mean[index] !== null) return index;
    let before = index;
    while (before > 0 && mean[before] === null) before -= 1;
    return before;
  }

  // What a series says at a place: its mean, the range and how many seeds there are. Of points,
  // those that are not at the place say nothing.
  function told(data, series, index) {
    const at = placeOf(data, series, index);
    const [mean, low, high, seeds] = [series.mean[at], series.low[at], series.high[at], series.seeds[at]];
    if (mean === null) return series.marker ? "" : "–";
    const count = `${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
    const printed = (series.printed ?? []).filter(([x]) => x === data.xs[at]).map(([, y]) => `, in print ${written(y)}`).join("");
    const end = hasEnded(series, index) ? `, ended at ${data.x} ${data.xs[at].toLocaleString("en")}` : "";
    return `${written(mean)} (${low === high ? "" : `${written(low)} to ${written(high)}, `}${count})${end}${printed}`;
  }

  // A mark of a radius in pixels, drawn at a place of the plot if it is in sight.
  function drawMark(chart, marker, x, y, radius, edge) {
    const { ctx: context, bbox } = chart;
    if (x < bbox.left || x > bbox.left + bbox.width || y < bbox.top || y > bbox.top + bbox.height) return;
    const path = new Path2D();
    path.addPath(new Path2D(MARKS[marker]), new DOMMatrix([radius, 0, 0, radius, x, y]));
    context.strokeStyle = edge;
    context.lineWidth = devicePixelRatio;
    context.fill(path);
    context.stroke(path);
  }

  // A value in print: a hollow diamond, whatever marks are there.
  function drawPrinted(chart, x, y, color) {
    chart.ctx.fillStyle = "#ffffff";
    drawMark(chart, "D", x, y, 5 * devicePixelRatio, "#000000");
    chart.ctx.fillStyle = color;
    drawMark(chart, "D", x, y, 2.5 * devicePixelRatio, color);
  }

  // Of series made of points: bars from lowest to highest, and their marks; of lines: the marks they have.
  function drawMarks(chart, data) {
    const context = chart.ctx;
    const position = (x, y) => [chart.valToPos(x, "x", true), chart.valToPos(y, "y", true)];
    data.series.forEach((series, number) => {
      const { show, alpha } = chart.series[number * 3 + 1];
      if (!show) return;
      context.save();
      context.globalAlpha = alpha;
      context.fillStyle = series.color;
      if (series.marker) series.mean.forEach((mean, index) => {
        const [x, y] = position(data.xs[index], mean);
        if (mean === null || x < chart.bbox.left || x > chart.bbox.left + chart.bbox.width) return;
        context.strokeStyle = series.color;
        context.lineWidth = 3 * devicePixelRatio;
        context.beginPath();
        context.moveTo(...position(data.xs[index], series.low[index]));
        context.lineTo(...position(data.xs[index], series.high[index]));
        context.stroke();
        drawMark(chart, series.marker, x, y, 6 * devicePixelRatio, "#ffffff");
      });
      const last = data.xs[series.mean.findLastIndex((mean) => mean !== null)];
      (series.ends ?? []).forEach((end) => drawMark(chart, "o", ...position(last, end), 1.8 * devicePixelRatio, series.color));
      (series.printed ?? []).forEach(([x, y]) => drawPrinted(chart, ...position(x, y), series.color));
      (series.marks ?? []).forEach(([marker, x, y]) =>
        drawMark(chart, marker, ...position(x, y), 4 * devicePixelRatio, marker === "X" ? "#000000" : series.color));
      context.restore();
    });
  }

  // What tells the lines of a panel apart: as few values of their labels' parts as do so, the first
  // ones; whole labels where these have no parts in common.
  function shortNames(labels) {
    const parts = labels.map((label) => label.split(", "));
    const name = (part) => part.slice(0, part.lastIndexOf(" "));
    const alike = parts.every((own) => own.length === parts[0].length && own.every((part, place) => name(part) === name(parts[0][place])));
    if (labels.length < 2 || !alike) return labels;
    const kinds = (places) => new Set(parts.map((own) => places.map((place) => own[place]).join())).size;
    let places = parts[0].map((_, place) => place);
    const all = kinds(places);
    for (const place of [...places].reverse()) {
      const fewer = places.filter((other) => other !== place);
      if (kinds(fewer) === all) places = fewer;
    }
    return parts.map((own) => places.map((place) => own[place].slice(own[place].lastIndexOf(" ") + 1)).join(", "));
  }

  // The names of lines where they end, none over another; those that fit.
  function drawNames(chart, data) {
    const { ctx: context, bbox } = chart;
    const size = 12 * devicePixelRatio;
    const names = shortNames(data.series.map(({ label }) => label));
    const ends = data.series.flatMap((series, number) => {
      const last = series.mean.findLastIndex((mean) => mean !== null);
      if (series.marker || last < 0 || !chart.series[number * 3 + 1].show) return [];
      const [x, y] = [chart.valToPos(data.xs[last], "x", true), chart.valToPos(series.mean[last], "y", true)];
      const sight = x >= bbox.left && x <= bbox.left + bbox.width + 1 && y >= bbox.top && y <= bbox.top + bbox.height;
      return sight ? [{ x, y, text: names[number], color: series.color }] : [];
    });
    context.save();
    context.font = `${size}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    ends.sort((one, other) => one.y - other.y).forEach((end, place) => {
      const above = ends.slice(0, place).filter((other) => Math.abs(other.x - end.x) < 6 * size);
      end.place = Math.max(end.y, ...above.map((other) => other.place + size * 1.1));
      context.strokeStyle = "#ffffff";
      context.lineWidth = 3 * devicePixelRatio;
      context.fillStyle = end.color;
      context.strokeText(end.text, end.x + 0.7 * size, end.place);
      context.fillText(end.text, end.x + 0.7 * size, end.place);
    });
    context.restore();
  }

  // Between neighbours that differ significantly: an upright line.
  function drawBreaks(chart, breaks) {
    const { ctx: context, bbox } = chart;
    context.strokeStyle = INK;
    context.lineWidth = devicePixelRatio;
    context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const x of breaks.map((place) => chart.valToPos(place, "x", true))) {
      context.beginPath();
      context.moveTo(x, bbox.top);
      context.lineTo(x, bbox.top + bbox.height);
      context.stroke();
    }
    context.setLineDash([]);
  }

  function drawReference(chart, line) {
    if (line === null) return;
    const { value, color } = line;
    const { ctx: context, bbox } = chart;
    const y = chart.valToPos(value, "y", true);
    context.strokeStyle = color;
    context.lineWidth = devicePixelRatio;
    context.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    context.beginPath();
    context.moveTo(bbox.left, y);
    context.lineTo(bbox.left + bbox.width, y);
    context.stroke();
    context.setLineDash([]);
  }

  function named(label, isLog) {
    return isLog ? `${label} (log scale)` : label;
  }

  // The powers of ten in a range; twice and five times them too where the range is not long.
  function powers(low, high) {
    const [first, last] = [low, high].map((end) => Math.floor(Math.log10(end)));
    const digits = high / low > 300 ? [1] : [1, 2, 5];
    const all = Array.from({ length: last - first + 1 }, (_, place) => digits.map((digit) => Number(`${digit}e${first + place}`))).flat();
    return all.filter((value) => value >= low && value <= high);
  }

  // Three lines a series: mean, lowest and highest, the last two invisible edges of the band.
  function options(data, width, moved) {
    const axis = { stroke: INK, font: FONT, labelFont: FONT, grid: { stroke: GRID }, ticks: { stroke: GRID } };
    const edge = { points: { show: false }, stroke: "transparent", spanGaps: data.sparse };
    const lines = data.series.flatMap(({ label, color, dash, marker }) => [
      marker
        ? { label, stroke: color, paths: () => null, points: { show: false } }
        : { label, stroke: color, dash, width: 2, points: { show: false }, spanGaps: data.sparse },
      edge,
      edge,
    ]);
    const distribution = (isLog) => (isLog ? 3 : 1);
    const places = (isLog) => (isLog ? { splits: (chart, number, low, high) => powers(low, high), filter: (chart, splits) => splits } : {});
    const steps = data.log.x ? {} : { incrs: [1, 10, 100, 1e3, 1e4, 1e5].flatMap((power) => [power, 2 * power, 5 * power]) };
    const ends = data.log.x ? { range: (chart, low, high) => [low, high] } : {};
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      padding: [null, data.series.every(({ marker }) => marker) ? null : NAMES, null, null],
      focus: { alpha: FADED },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: {
        x: { time: false, distr: distribution(data.log.x), ...ends },
        y: { distr: distribution(data.log.y), range: (chart, low, high) => range(data, chart, low, high) },
      },
      axes: [
        { ...axis, ...steps, ...places(data.log.x), label: named(data.x, data.log.x), size: 34, labelSize: 22 },
        { ...axis, ...places(data.log.y), label: named(data.y, data.log.y), size: 58 },
      ],
      series: [{}, ...lines],
      bands: data.series.flatMap(({ color, marker }, number) =>
        marker ? [] : [{ series: [number * 3 + 3, number * 3 + 2], fill: color + BAND }]),
      hooks: {
        setCursor: [(chart) => moved(chart.cursor.idx)],
        draw: [(chart) => drawReference(chart, data.reference), (chart) => drawMarks(chart, data), (chart) => drawNames(chart, data), (chart) => drawBreaks(chart, data.breaks ?? [])],
      },
    };
  }

  // The whole range has the axis of the picture, which cuts spikes; a part of it fills the height.
  function range(data, chart, low, high) {
    const [first, last] = chart.series[0].idxs ?? [0, data.xs.length - 1];
    const whole = first === 0 && last === data.xs.length - 1;
    const edges = whole && data.reference !== null ? [Math.min(low, data.reference.value), high] : [low, high];
    const margin = data.log.y ? Math.max((edges[1] / edges[0]) ** 0.06, 1.01) : (edges[1] - edges[0]) * 0.06 || 0.01;
    const widened = data.log.y ? [edges[0] / margin, edges[1] * margin] : [edges[0] - margin, edges[1] + margin];
    return whole ? widened.map((end, side) => data.whole[side] ?? end) : widened;
  }

  // The line and mark of a series, beside its name.
  function makeSwatch({ color, dash, marker }) {
    const shape = (name, attributes) => fill(document.createElementNS(SVG, name), attributes);
    const drawing = shape("svg", { class: "swatch", viewBox: "-16 -7 32 14", "aria-hidden": "true" });
    drawing.append(shape("path", { d: "M-16 0H16", stroke: color, "stroke-width": 2.5, "stroke-dasharray": (dash ?? []).join(" ") }));
    if (marker) drawing.append(shape("path", { d: MARKS[marker], transform: "scale(5)", fill: color }));
    return drawing;
  }

  // What all charts of a section do when a cell is hidden in one of them.
  const SECTIONS = new Map();

  // A button a series that hides it, in all charts of its section; pointing at one, or reaching it
  // by keys, makes the others of its chart fade.
  function makeLegend(data, section, toggle, emphasise) {
    const listeners = SECTIONS.get(section) ?? SECTIONS.set(section, []).get(section);
    const values = [];
    const rows = data.series.map((series, number) => {
      const value = make("span", { class: "value" });
      const row = make("button", { type: "button", "aria-pressed": "true" }, makeSwatch(series), make("span", {}, series.label), value);
      const isShown = () => row.getAttribute("aria-pressed") === "true";
      row.addEventListener("click", () => {
        const shown = !isShown();
        listeners.forEach((listen) => listen(series.label, shown));
        emphasise(null);
      });
      listeners.push((label, shown) => {
        if (label !== series.label || shown === isShown()) return;
        row.setAttribute("aria-pressed", shown);
        toggle(number, shown);
      });
      row.addEventListener("pointerenter", ({ pointerType }) => { if (pointerType === "mouse" && isShown()) emphasise(number); });
      row.addEventListener("focus", () => { if (row.matches(":focus-visible") && isShown()) emphasise(number); });
      for (const left of ["pointerleave", "blur"]) row.addEventListener(left, () => emphasise(null));
      values.push(value);
      return row;
    });
    const box = make("div", { class: "legend", role: "group", "aria-label": "Lines; press one to hide it in this section" }, ...rows);
    return { box, show: (index) => data.series.forEach((series, number) => { values[number].textContent = told(data, series, index); }) };
  }

  function placeName(data, index) {
    return data.names ? `${data.xs[index]}. ${data.names[index]}` : `${data.x} ${data.xs[index].toLocaleString("en")}`;
  }

  function makeNote({ note, sparse, reference, series, breaks }) {
    const parts = [note];
    if (reference !== null) parts.push(`dotted: ${reference.label}, ${written(reference.value)}`);
    if (series.some(({ ends }) => ends?.length)) parts.push("dots where a line ends: seeds");
    if (series.some(({ printed }) => printed?.length)) parts.push("diamond: the value in print");
    if (breaks?.length) parts.push("upright line: a significant gap");
    if (series.some(hasDiverged)) parts.push("cross: last finite value of a seed that diverged");
    if (sparse) parts.push("values: those of a line's last point up to the place");
    return make("p", { class: "note" }, `${parts.join("; ")}.`);
  }

  function makeChart(data, id, section) {
    const where = make("output", { for: id });
    const slider = make("input", { type: "range", id, min: 0, max: data.xs.length - 1, step: 1 });
    const whole = make("button", { type: "button", class: "whole" }, "whole range");
    const canvas = make("div", { class: "canvas", title: "drag to zoom, double-click to see all again" });
    const legend = makeLegend(
      data,
      section,
      (series, show) => { for (const line of [1, 2, 3]) chart.setSeries(series * 3 + line, { show }); },
      (series) => chart.setSeries(series === null ? null : series * 3 + 1, { focus: true }),
    );
    const columns = data.series.flatMap(({ mean, low, high }) => [mean, low, high]);
    let chart = null;

    function show(index) {
      const said = data.series.map((series) => [series.label, told(data, series, index)]).filter(([, value]) => !["", "–"].includes(value));
      slider.value = index;
      where.textContent = placeName(data, index);
      slider.setAttribute("aria-valuetext", `${placeName(data, index)}: ${said.map((pair) => pair.join(" ")).join("; ")}`);
      legend.show(index);
    }
    function point(event) {
      const left = event.touches[0].clientX - chart.over.getBoundingClientRect().left;
      chart.setCursor({ left, top: 0 });
    }

    const label = make("label", { for: id }, "Values at");
    const controls = make("div", { class: "place" }, label, slider, where, whole);
    const title = data.title === null ? [] : [make("p", { class: "title" }, data.title)];
    const box = make("div", { class: "chart" }, ...title, canvas, controls, legend.box, makeNote(data));
    const width = () => Math.max(260, canvas.clientWidth);
    const height = () => (canvas.closest("dialog") ? Math.round(HEIGHT * LARGER) : HEIGHT);
    // Drawn once the box is on the page, whose width it takes.
    function draw() {
      chart = new uPlot(options(data, width(), (index) => { if (index !== null && index !== undefined) show(index); }), [data.xs, ...columns], canvas);
      chart.over.addEventListener("touchstart", point, { passive: true });
      chart.over.addEventListener("touchmove", point, { passive: true });
      new ResizeObserver(() => chart.setSize({ width: width(), height: height() })).observe(canvas);
      show(data.names ? 0 : data.xs.length - 1);
    }
    slider.addEventListener("input", () => {
      const index = Number(slider.value);
      chart.setCursor({ left: chart.valToPos(data.xs[index], "x"), top: 0 });
      show(index);
    });
    whole.addEventListener("click", () => chart.setData(chart.data));
    return { box, draw };
  }

  // The chart stands for the picture until the reader wants the picture back.
  function makeSwitch(figure, box) {
    const picture = figure.querySelector("img");
    const button = make("button", { type: "button", class: "larger" });
    function show(drawn) {
      box.hidden = !drawn;
      picture.classList.toggle("replaced", drawn);
      button.textContent = drawn ? "show the picture" : "show the chart";
    }
    button.addEventListener("click", () => show(box.hidden));
    figure.append(button);
    show(true);
  }

  document.querySelectorAll("figure[data-enhancement]").forEach((figure, number) => {
    const block = document.getElementById(figure.dataset.enhancement);
    const data = block === null ? {} : JSON.parse(block.textContent);
    if (data.kind !== "chart") return;
    const charts = data.panels.map((panel, place) => makeChart(panel, `chart-${number}-${place}`, data.section));
    const box = make("div", { class: "charts" }, ...charts.map((chart) => chart.box));
    figure.querySelector("img").before(box);
    charts.forEach((chart) => chart.draw());
    makeSwitch(figure, box);
  });
})();

// Charts in place of pictures: hover shows the numbers, dragging zooms. The picture stays for print.
// Drawn by uPlot (MIT License, Copyright (c) 2022 Leon Sorokin), which stands above.
"use strict";
(() => {
  const INK = "#222222", GRID = "#e3e3e3", BAND = "33", HEIGHT = 340, FONT = "13px system-ui, sans-serif";

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function written(value) {
    if (value === null || value === undefined) return "–";
    return Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(3) : value.toExponential(1);
  }

  // What a series says at a place: its mean, and the range where there is one.
  function told(series, index) {
    const [mean, low, high] = [series.mean[index], series.low[index], series.high[index]];
    if (mean === null) return "–";
    return low === high ? written(mean) : `${written(mean)} (${written(low)} to ${written(high)})`;
  }

  // Bars from lowest to highest where a series is made of points.
  function drawBars(chart, data) {
    const context = chart.ctx;
    data.series.forEach((series, number) => {
      if (series.dash !== null || !chart.series[number * 3 + 1].show) return;
      context.strokeStyle = series.color;
      context.lineWidth = 3 * devicePixelRatio;
      series.mean.forEach((mean, index) => {
        const x = chart.valToPos(data.xs[index], "x", true);
        if (mean === null || x < chart.bbox.left || x > chart.bbox.left + chart.bbox.width) return;
        context.beginPath();
        context.moveTo(x, chart.valToPos(series.low[index], "y", true));
        context.lineTo(x, chart.valToPos(series.high[index], "y", true));
        context.stroke();
      });
    });
  }

  function drawReference(chart, { value, color }) {
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

  // Three lines a series: mean, lowest and highest, the last two invisible edges of the band.
  function options(data, width, moved) {
    const axis = { stroke: INK, font: FONT, labelFont: FONT, grid: { stroke: GRID }, ticks: { stroke: GRID } };
    const edge = { points: { show: false }, stroke: "transparent" };
    const lines = data.series.flatMap(({ label, color, dash }) => [
      dash === null
        ? { label, stroke: color, paths: () => null, points: { show: true, size: 11, fill: color } }
        : { label, stroke: color, dash, width: 2, points: { show: false } },
      edge,
      edge,
    ]);
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: (chart, low, high) => range(data, chart, low, high) } },
      axes: [
        { ...axis, label: data.x, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
        { ...axis, label: data.y, size: 58 },
      ],
      series: [{}, ...lines],
      bands: data.series.flatMap(({ color, dash }, number) =>
        dash === null ? [] : [{ series: [number * 3 + 3, number * 3 + 2], fill: color + BAND }]),
      hooks: {
        setCursor: [(chart) => moved(chart.cursor.idx)],
        draw: [(chart) => drawReference(chart, data.reference), (chart) => drawBars(chart, data)],
      },
    };
  }

  // The whole range has the axis of the picture, which cuts spikes; a part of it fills the height.
  function range(data, chart, low, high) {
    const [first, last] = chart.series[0].idxs ?? [0, data.xs.length - 1];
    const whole = first === 0 && last === data.xs.length - 1;
    if (whole && data.top !== null) return [0, data.top];
    const edges = whole ? [Math.min(low, data.reference.value), high] : [low, high];
    const margin = (edges[1] - edges[0]) * 0.06 || 0.01;
    return [edges[0] - margin, edges[1] + margin];
  }

  function makeLegend(data, toggle) {
    const values = [];
    const rows = data.series.map((series, number) => {
      const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.borderTopColor = series.color;
      swatch.style.borderTopStyle = series.dash === null || series.dash.length === 0 ? "solid" : series.dash[0] > 3 ? "dashed" : "dotted";
      const value = make("span", { class: "value" });
      const row = make("button", { type: "button", "aria-pressed": "true" }, swatch, make("span", {}, series.label), value);
      row.addEventListener("click", () => {
        const shown = row.getAttribute("aria-pressed") !== "true";
        row.setAttribute("aria-pressed", shown);
        toggle(number, shown);
      });
      values.push(value);
      return row;
    });
    const box = make("div", { class: "legend", role: "group", "aria-label": "Lines; press one to hide it" }, ...rows);
    return { box, show: (index) => data.series.forEach((series, number) => { values[number].textContent = told(series, index); }) };
  }

  function placeName(data, index) {
    return data.names ? `${data.xs[index]}. ${data.names[index]}` : `${data.x} ${data.xs[index]}`;
  }

  function makeChart(data, figure, number) {
    const id = `chart-place-${number}`;
    const where = make("output", { for: id });
    const slider = make("input", { type: "range", id, min: 0, max: data.xs.length - 1, step: 1 });
    const whole = make("button", { type: "button", class: "whole" }, "whole range");
    const canvas = make("div", { class: "canvas" });
    const legend = makeLegend(data, (series, show) => {
      for (const line of [1, 2, 3]) chart.setSeries(series * 3 + line, { show });
    });
    const columns = data.series.flatMap(({ mean, low, high }) => [mean, low, high]);
    let chart = null;

    function show(index) {
      const said = data.series.map((series) => [series.label, told(series, index)]).filter(([, value]) => value !== "–");
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
    const note = make("p", { class: "note" }, `${data.note}; dotted: ${data.reference.label}, ${written(data.reference.value)}. Drag over the chart to zoom.`);
    const box = make("div", { class: "chart" }, canvas, controls, legend.box, note);
    figure.querySelector("img").before(box);
    const width = () => Math.max(260, canvas.clientWidth);
    chart = new uPlot(options(data, width(), (index) => { if (index !== null && index !== undefined) show(index); }), [data.xs, ...columns], canvas);
    chart.over.addEventListener("touchstart", point, { passive: true });
    chart.over.addEventListener("touchmove", point, { passive: true });
    new ResizeObserver(() => chart.setSize({ width: width(), height: HEIGHT })).observe(canvas);
    slider.addEventListener("input", () => {
      const index = Number(slider.value);
      chart.setCursor({ left: chart.valToPos(data.xs[index], "x"), top: 0 });
      show(index);
    });
    whole.addEventListener("click", () => chart.setData(chart.data));
    show(data.xs.length - 1);
    return box;
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
    if (data.kind === "chart") makeSwitch(figure, makeChart(data, figure, number));
  });
})();

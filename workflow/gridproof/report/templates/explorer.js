// Sliders over depth, width and epoch, below a figure of maps; they show frames drawn beforehand.
(() => {
  "use strict";

  const FRAME_MS = 900;
  let widgets = 0;

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function rising(values) {
    return [...new Set(values)].sort((one, other) => one - other);
  }

  function nearest(candidates, distance) {
    return candidates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  }

  // The labelled slider over a list of values: its position is an index of the list.
  function makeSlider(name, values, listen) {
    const id = `explorer-${widgets}-${name}`;
    const input = make("input", { type: "range", id, min: 0, step: 1 });
    const shown = make("span", { class: "value", "aria-hidden": "true" });
    const row = make("div", { class: "slider" }, make("label", { for: id }, name), input, shown);
    const slider = {
      row,
      values,
      set(value) {
        input.max = slider.values.length - 1;
        input.value = slider.values.indexOf(value);
        input.setAttribute("aria-valuetext", `${name} ${value}`);
        shown.textContent = value;
      },
    };
    input.addEventListener("input", () => listen(slider.values[Number(input.value)]));
    return slider;
  }

  // Of the cells with the value just chosen, the one whose other value is nearest, by ratio.
  function findCell(cells, chosen, value, other, wanted) {
    const having = cells.filter((cell) => cell[chosen] === value);
    return nearest(having, (cell) => Math.abs(Math.log(cell[other] / wanted)));
  }

  function describe(cell, index) {
    const epoch = cell.epochs[index];
    const accuracy = cell.val_accuracy[index];
    const when = epoch === 0 ? "untrained" : `epoch ${epoch}`;
    const right = accuracy === null ? "diverged" : `validation accuracy ${accuracy.toFixed(3)}`;
    return `${cell.label}, seed ${cell.seed}, ${when}: ${right}`;
  }

  // Loads a cell's sprite once, when it is first asked for.
  function loader() {
    const sprites = new Map();
    return (cell) => {
      if (!sprites.has(cell)) {
        const sprite = new Image();
        sprite.src = cell.sprite;
        sprites.set(cell, sprite.decode().then(() => sprite));
      }
      return sprites.get(cell);
    };
  }

  function makeCanvas({ width, height }) {
    const canvas = make("canvas", { width, height, role: "img" });
    const load = loader();
    let wanted = "";
    return {
      canvas,
      async show(cell, index, text) {
        canvas.setAttribute("aria-label", `Map of the predicted classes. ${text}`);
        wanted = text;
        const sprite = await load(cell);
        if (wanted !== text) return;
        const source = [0, index * height, width, height];
        canvas.getContext("2d").drawImage(sprite, ...source, 0, 0, width, height);
        canvas.dataset.shown = text;
      },
    };
  }

  // A button that calls `step` in steady time until it returns false; hidden where motion is
  // not wanted, as the slider shows the same.
  function makePlayer(step, tell) {
    const button = make("button", { type: "button" }, "Play");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    let timer = null;
    function stop() {
      clearInterval(timer);
      timer = null;
      button.textContent = "Play";
      tell(false);
    }
    function start() {
      tell(true);
      button.textContent = "Pause";
      step(true);
      timer = setInterval(() => step(false) || stop(), FRAME_MS);
    }
    function respect() {
      button.hidden = calm.matches;
      if (calm.matches) stop();
    }
    button.addEventListener("click", () => (timer === null ? start() : stop()));
    calm.addEventListener("change", respect);
    respect();
    return { button, stop: () => timer !== null && stop() };
  }

  function makeExplorer({ frame, cells }) {
    widgets += 1;
    const map = makeCanvas(frame);
    const output = make("output", { "aria-live": "polite" });
    const note = make("span", { class: "note" });
    let cell = nearest(cells, (one) => -(one.val_accuracy.at(-1) ?? -1));
    let index = cell.epochs.length - 1;

    function show() {
      const text = describe(cell, index);
      output.replaceChildren(text, note);
      depth.set(cell.depth);
      width.set(cell.width);
      epoch.values = cell.epochs;
      epoch.set(cell.epochs[index]);
      map.show(cell, index, text);
    }
    function choose(chosen, other) {
      return (value) => {
        const [wanted, before] = [cell[other], cell.epochs[index]];
        cell = findCell(cells, chosen, value, other, wanted);
        index = cell.epochs.indexOf(nearest(cell.epochs, (one) => Math.abs(one - before)));
        const moved = `There is no cell of ${chosen} ${value} and ${other} ${wanted}: `;
        note.textContent = cell[other] === wanted ? "" : `${moved}the nearest ${other} is shown.`;
        show();
      };
    }
    // Returns whether there is a later epoch to go to.
    function step(first) {
      const ended = index === cell.epochs.length - 1;
      if (ended && !first) return false;
      index = ended ? 0 : index + 1;
      show();
      return true;
    }

    const depth = makeSlider("depth", rising(cells.map((one) => one.depth)), choose("depth", "width"));
    const width = makeSlider("width", rising(cells.map((one) => one.width)), choose("width", "depth"));
    const epoch = makeSlider("epoch", cell.epochs, (value) => {
      player.stop();
      index = cell.epochs.indexOf(value);
      show();
    });
    const player = makePlayer(step, (plays) => output.setAttribute("aria-live", plays ? "off" : "polite"));
    const sliders = [depth, width].filter((slider) => slider.values.length > 1);
    const rows = [...sliders, epoch].map((slider) => slider.row);
    const controls = make("div", { class: "controls" }, ...rows, player.button, output);
    show();
    const label = "Predicted classes by depth, width and epoch";
    return make("div", { class: "explorer", role: "group", "aria-label": label }, map.canvas, controls);
  }

  for (const figure of document.querySelectorAll("figure[data-enhancement]")) {
    const block = document.getElementById(figure.dataset.enhancement);
    const data = block === null ? {} : JSON.parse(block.textContent);
    if (data.kind === "explorer") figure.after(makeExplorer(data));
  }
})();

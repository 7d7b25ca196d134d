// The curves: similarity against depth, one instrument with the scrubber.

const NEAR = 26; // pixels from a point that count as meant

/** The drawing with its title and legend. */
function makeCurve(viewer) {
  const title = el("h2", { class: "xv-title" });
  const axis = el("p", { class: "xv-axis" });
  const svg = draw("svg", { role: "img", class: "xv-plot" });
  const [still, moving] = [draw("g"), draw("g")];
  svg.append(still, moving);
  const tip = el("div", { class: "xv-tip", hidden: true });
  const legend = el("ul", { class: "xv-legend" });
  const plot = el("div", { class: "xv-plot-box" }, svg, tip);
  const node = el("section", { class: "xv-card xv-curve" }, title, axis, plot, legend);
  let axes = null, drawn = "", items = [], named = null;

  function points(panel) {
    const marks = panel.scores[viewer.measure.key];
    const all = viewer.model.states.map((s, i) => ({ ...marks[i], depth: s.depth, index: i }));
    return all.filter((m) => m.mean !== null);
  }
  function bandOf(panel) {
    const known = points(panel).filter((m) => m.high > m.low);
    if (!known.length) return null;
    const at = (m, value) => `${axes.x(m.depth).toFixed(1)} ${axes.y(value).toFixed(1)}`;
    const all = points(panel);
    const path = [...all.map((m) => at(m, m.high)), ...all.reverse().map((m) => at(m, m.low))].join("L");
    return draw("path", { d: `M${path}z`, fill: panel.colour, "fill-opacity": 0.13 });
  }
  function lineOf(panel) {
    const path = points(panel).map((m) => `${axes.x(m.depth).toFixed(1)} ${axes.y(m.mean).toFixed(1)}`).join("L");
    return path ? draw("path", { d: `M${path}`, "stroke-linejoin": "round", ...strokeOf(panel) }) : null;
  }
  function grid() {
    const { model, measure } = viewer;
    const { left } = axes, right = axes.width - RIGHT, floor = axes.height - BOTTOM;
    const rows = axes.ticks.flatMap((t) => [
      draw("path", { d: `M${left} ${axes.y(t.value)}H${right}`, class: "xv-grid" }),
      draw("text", { x: left - 6, y: axes.y(t.value) + 4, "text-anchor": "end", text: t.text }),
    ]);
    const columns = axes.marked.map((s) =>
      draw("text", { x: axes.x(s.depth), y: floor + 16, "text-anchor": "middle", text: String(s.depth) }),
    );
    const scale = draw("text", { x: 2, y: 10, text: measure.axis });
    const middle = { x: left + axes.inner.width / 2, y: axes.height - 2, "text-anchor": "middle" };
    return [...rows, ...columns, scale, draw("text", { ...middle, text: model.axis })];
  }
  function redraw() {
    const { model } = viewer, width = Math.max(240, Math.round(plot.clientWidth || 600));
    const height = width < 480 ? 228 : 216;
    axes = axesOf(model, viewer.measure, width, height);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const behind = model.panels.map((p, i) => {
      const parts = drawBetween(viewer, p, axes.x, axes.y, 4);
      return draw("g", { class: `xv-behind xv-p${i}` }, ...parts);
    });
    const bands = model.panels.map((p, i) => draw("g", { class: `xv-p${i}` }, bandOf(p)));
    const lines = model.panels.map((p, i) => {
      const marks = width < 480 ? [] : points(p).map((m) => markerOf(p, axes.x(m.depth), axes.y(m.mean), 0.72));
      return draw("g", { class: `xv-p${i}` }, lineOf(p), ...marks);
    });
    named = draw("text", { x: width - RIGHT, y: 10, "text-anchor": "end" });
    still.replaceChildren(...grid(), named, ...behind, ...bands, ...lines);
    items = model.panels.map((p, i) => {
      const score = el("b");
      const item = el("li", {}, swatchOf(p), el("span", { text: p.label }), score);
      item.addEventListener("pointerenter", () => light(i));
      item.addEventListener("pointerleave", () => light(null));
      return { score, node: item };
    });
    legend.replaceChildren(...items.map((i) => i.node));
  }
  /** Nothing; one panel's curve before the others, or all alike. */
  function light(one) {
    svg.classList.toggle("xv-one", one !== null);
    say(named, still.querySelector(`.xv-behind.xv-p${one} path`) ? viewer.model.words.behind : "");
    for (const group of still.querySelectorAll("g")) {
      group.classList.toggle("xv-lit", group.classList.contains(`xv-p${one}`));
    }
  }
  function mark() {
    const { model, state, measure, index } = viewer, x = axes.x(state.depth);
    const line = draw("path", { d: `M${x} ${TOP - 4}V${axes.height - BOTTOM + 3}`, class: "xv-now" });
    const rings = model.panels.map((p) => {
      const found = p.scores[measure.key][index];
      return found.mean === null ? null : markerOf(p, x, axes.y(found.mean), 1.35);
    });
    moving.replaceChildren(...[line, ...rings].filter(Boolean));
    const said = model.panels.map((p, i) => {
      const { text } = p.scores[measure.key][index];
      say(items[i].score, text);
      return fill(model.words.curve_score, { label: p.label, score: text });
    });
    const deepest = model.states.at(-1).position;
    const label = { name: measure.name, deepest, depth: state.position, scores: said.join(", ") };
    svg.setAttribute("aria-label", fill(model.words.curve_alt, label));
  }
  /** The point nearest to the pointer, or null where none is near. */
  function nearest(event) {
    const box = svg.getBoundingClientRect(), scale = axes.width / box.width;
    const [px, py] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    let best = null;
    for (const panel of viewer.model.panels) {
      for (const m of points(panel)) {
        const far = Math.hypot(axes.x(m.depth) - px, axes.y(m.mean) - py);
        if (!best || far < best.far) best = { panel, mark: m, far };
      }
    }
    return best && best.far <= NEAR ? best : null;
  }
  svg.addEventListener("pointermove", (event) => {
    const found = nearest(event);
    svg.classList.toggle("xv-near", Boolean(found));
    tip.hidden = !found;
    light(found ? viewer.model.panels.indexOf(found.panel) : null);
    if (!found) return;
    const { mark, panel } = found, { model } = viewer;
    const { position } = model.states[mark.index];
    const own = [mark.text, mark.word, `(${mark.line})`].filter(Boolean).join(" ");
    const beside = betweenOf(panel, viewer.measure)?.[mark.index];
    const score = beside?.text ? fill(model.words.beside, { score: own, between: beside.text }) : own;
    say(tip, fill(model.words.point, { label: panel.label, position, score }));
    const x = (100 * axes.x(mark.depth)) / axes.width;
    tip.style.left = `${x}%`;
    tip.style.top = `${axes.y(mark.mean)}px`;
    tip.style.transform = `translate(${-x}%, calc(-100% - 12px))`;
  });
  svg.addEventListener("pointerleave", () => {
    tip.hidden = true;
    light(null);
  });
  svg.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found) viewer.go(found.mark.index);
  });
  const watch = new ResizeObserver(() => {
    if (axes && Math.abs(plot.clientWidth - axes.width) > 1) redraw(), mark();
  });
  watch.observe(plot);
  return {
    node,
    end: () => watch.disconnect(),
    draw() {
      const { measure, model } = viewer;
      const wanted = `${measure.key} ${model.serial}`;
      say(title, measure.title);
      say(axis, measure.line);
      if (wanted !== drawn) redraw();
      drawn = wanted;
      mark();
    },
  };
}

// Behind a curve: how alike the maps of two random networks are, depth by depth.

const SMALL = { width: 1000, height: 56, edge: 5 }; // of a card's plot; only its height is in pixels

/** What is known of two random networks at each state, or null where no two are compared. */
function betweenOf(panel, measure) {
  return panel.between?.[measure.key] ?? null;
}

/** The band from the lowest to the highest pair, the line through the means, and a mark at each depth that has one. */
function drawBetween(viewer, panel, x, y, half) {
  const row = betweenOf(panel, viewer.measure) ?? [];
  const known = row.map((one, i) => ({ ...one, depth: viewer.model.states[i].depth })).filter((m) => m.mean !== null);
  if (!known.length) return [];
  const at = (m, value) => `${x(m.depth).toFixed(1)} ${y(value).toFixed(1)}`;
  const around = [...known.map((m) => at(m, m.high)), ...[...known].reverse().map((m) => at(m, m.low))].join("L");
  const wide = known.some((m) => m.high > m.low);
  const through = known.map((m) => at(m, m.mean)).join("L");
  const marks = known.map((m) => `M${(x(m.depth) - half).toFixed(1)} ${y(m.mean).toFixed(1)}h${2 * half}`).join("");
  return [
    wide ? draw("path", { d: `M${around}z`, class: "xv-random-band" }) : null,
    draw("path", { d: `M${through}`, class: "xv-random-line" }),
    draw("path", { d: marks, class: "xv-random-marks" }),
  ];
}

/** A card's small plot of its own curve before two random networks, and their numbers at the depth. */
function makeBetween(viewer, at) {
  const svg = draw("svg", { viewBox: `0 0 ${SMALL.width} ${SMALL.height}`, preserveAspectRatio: "none" });
  const [top, bottom] = [el("span"), el("span")];
  const plot = el("div", { class: "xv-small", "aria-hidden": "true" }, el("div", {}, top, bottom), svg);
  const line = el("p", { class: "xv-note" });
  const node = el("div", { class: "xv-between" }, plot, line);
  let drawn = "";

  function redraw(panel) {
    const { model, measure } = viewer, axes = axesOf(model, measure, SMALL.width, SMALL.height);
    const { high, low, ticks } = axes, depths = model.states.map((s) => s.depth);
    const [first, last] = [depths[0], depths.at(-1)], inner = SMALL.width - 4 * SMALL.edge;
    const x = (depth) => 2 * SMALL.edge + (last === first ? 0.5 : (depth - first) / (last - first)) * inner;
    const y = (v) => SMALL.edge + ((high - v) / (high - low)) * (SMALL.height - 2 * SMALL.edge);
    const known = panel.scores[measure.key].map((m, i) => ({ ...m, depth: depths[i] })).filter((m) => m.mean !== null);
    const own = known.map((m) => `${x(m.depth).toFixed(1)} ${y(m.mean).toFixed(1)}`).join("L");
    const rows = [ticks.at(-1), ticks[0]];
    [top, bottom].forEach((span, i) => {
      say(span, rows[i].text);
      span.style.top = `${y(rows[i].value)}px`;
    });
    const grid = rows.map((row) => draw("path", { d: `M0 ${y(row.value)}H${SMALL.width}`, class: "xv-grid" }));
    const curve = own && draw("path", { d: `M${own}`, ...strokeOf(panel), "stroke-dasharray": null });
    const now = draw("path", { class: "xv-now" }), dot = draw("path", { class: "xv-dot", stroke: panel.colour });
    const behind = drawBetween(viewer, panel, x, y, 8);
    svg.replaceChildren(...[...grid, ...behind, now, curve || null, dot].filter(Boolean));
    return { now, dot, x, y };
  }
  let parts = null;
  return {
    node,
    /** Whether two random networks are compared by this measure; what is drawn is of the depth that is shown. */
    draw(panel) {
      const { model, measure, state, index } = viewer, row = betweenOf(panel, measure);
      node.hidden = !row || !model.parts.scores;
      if (node.hidden) return false;
      const wanted = `${measure.key} ${model.serial}`;
      if (wanted !== drawn) parts = redraw(panel);
      drawn = wanted;
      const { mean } = panel.scores[measure.key][index], x = parts.x(state.depth).toFixed(1);
      parts.now.setAttribute("d", `M${x} 0V${SMALL.height}`);
      parts.dot.setAttribute("d", mean === null ? "" : `M${x} ${parts.y(mean).toFixed(1)}h0`);
      say(line, row[index].line);
      return true;
    },
  };
}

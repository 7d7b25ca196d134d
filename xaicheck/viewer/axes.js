// Where depths and scores lie in the drawing of the curves.

const TOP = 26, BOTTOM = 34, RIGHT = 12;
const DASHES = { solid: "", dash: "7 4", dashdot: "7 3 2 3", longdash: "11 4", longdashdot: "11 3 2 3", dot: "2 3" };
// Paths of about 8 by 8 pixels around (0, 0), by the name of the marker.
const MARKERS = {
  circle: "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0z",
  square: "M-3.2 -3.2h6.4v6.4h-6.4z",
  diamond: "M0 -4.4L4.4 0L0 4.4L-4.4 0z",
  "triangle-up": "M0 -4.2L4.2 3.2H-4.2z",
  "triangle-down": "M0 4.2L4.2 -3.2H-4.2z",
  x: "M-4 -2.2L-2.2 -4L0 -1.8L2.2 -4L4 -2.2L1.8 0L4 2.2L2.2 4L0 1.8L-2.2 4L-4 2.2L-1.8 0z",
  cross: "M-1.3 -4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z",
  star: "M0 -4.8L1.2 -1.6L4.6 -1.5L1.9 .6L2.8 3.9L0 2L-2.8 3.9L-1.9 .6L-4.6 -1.5L-1.2 -1.6z",
  pentagon: "M0 -4.3L4.1 -1.3L2.5 3.5H-2.5L-4.1 -1.3z",
  hexagon: "M0 -4.2L3.6 -2.1V2.1L0 4.2L-3.6 2.1V-2.1z",
};

/** The size of the drawing and where its values are. */
function axesOf(model, measure, width, height) {
  const drawn = model.panels.flatMap((p) => [...p.scores[measure.key], ...(betweenOf(p, measure) ?? [])]);
  const found = drawn.flatMap((m) => [m.low, m.high, m.mean]);
  const known = [...found.filter((v) => v !== null), measure.best, measure.unrelated ?? measure.best];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const { ticks, digits } = ticksOf(least, most, 4);
  const written = (value) => (digits > 3 || most >= 1e4 ? short(value) : minus(value.toFixed(digits)));
  const rows = ticks.map((value) => ({ value, text: written(value) }));
  const left = 10 + 6 * Math.max(4, ...rows.map((row) => row.text.length));
  const room = (most - least || 1) * 0.04;
  const [low, high] = [Math.min(least, ticks[0] ?? least) - room, Math.max(most, ticks.at(-1) ?? most) + room];
  const depths = model.states.map((s) => s.depth);
  const [first, last] = [depths[0], depths.at(-1)];
  const inner = { width: width - left - RIGHT, height: height - TOP - BOTTOM };
  const x = (depth) => left + (last === first ? 0.5 : (depth - first) / (last - first)) * inner.width;
  const y = (value) => TOP + ((high - value) / (high - low)) * inner.height;
  // As many numbers under the axis as there is room for: the ends first, then round ones, then others.
  const every = [1, 2, 5, 10, 20, 50].find((n) => (inner.width / Math.max(1, last - first)) * n >= 20) ?? 100;
  const ends = [model.states[0], model.states.at(-1)], marked = [];
  for (const state of [...ends, ...model.states.filter((s) => s.depth % every === 0), ...model.states]) {
    if (marked.every((other) => Math.abs(x(other.depth) - x(state.depth)) >= 20)) marked.push(state);
  }
  return { width, height, inner, left, low, high, x, y, marked, ticks: rows };
}

/** The mark of a panel in a drawing, and the same as a little picture for the legend. */
function markerOf(panel, x, y, size = 1) {
  const open = panel.marker.endsWith("-open");
  return draw("path", {
    d: MARKERS[panel.marker.replace("-open", "")] ?? MARKERS.circle,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})`,
    fill: open ? "var(--xv-ground)" : panel.colour,
    stroke: panel.colour,
    "stroke-width": open ? 1.4 : 0.6,
  });
}

/** The line of a panel: its colour and its dash. */
function strokeOf(panel) {
  return { fill: "none", stroke: panel.colour, "stroke-width": 2, "stroke-dasharray": DASHES[panel.dash] };
}

function swatchOf(panel) {
  const line = draw("path", { d: "M1 7H29", ...strokeOf(panel) });
  return draw("svg", { viewBox: "0 0 30 14", "aria-hidden": "true" }, line, markerOf(panel, 15, 7));
}

// The viewer: one payload, one root, and the parts that draw it.

const COMMIT = 250; // milliseconds after the last change
let mounted = 0;

/** Mounts the viewer of a payload in a root; `onView(view)` hears of a view that has come to rest. */
function mountViewer(host, bytes, { onView = null, view = null } = {}) {
  const serial = ++mounted;
  const root = el("div", { class: "xv" });
  const told = el("div", { class: "xv-told", "aria-live": "polite" });
  host.append(root);
  let parts = [], shape = "", timer = 0, current = null, loads = 0, tools = null;
  const name = (what) => `xv${serial}-${what}`;
  const viewer = { root, name, cards: [], playing: false, visible: true, view: null };

  function load(next) {
    const { header, packed } = readPayload(next);
    current = next;
    const turn = ++loads;
    if (!viewer.model) adopt(header, view ?? header.start);
    if (typeof DecompressionStream !== "function") return tell(header.words.broken);
    const begun = performance.now();
    unpacked(packed).then((body) => {
      if (turn !== loads) return;
      adopt(modelOf(header, body), viewer.view);
      root.dataset.loaded = (performance.now() - begun).toFixed(1);
    }, () => tell(header.words.broken));
  }
  /** Nothing; a model takes the place of the one before, and the visitor's view stays. */
  function adopt(model, wanted) {
    model.serial = `${serial}.${loads}.${model.ready ? 1 : 0}`;
    viewer.model = model;
    viewer.palettes = { signed: paletteOf(model.palettes.signed), unsigned: paletteOf(model.palettes.unsigned) };
    viewer.view = fitting(model, wanted);
    const now = JSON.stringify([model.parts, model.panels.map((p) => p.key), model.size]);
    if (now !== shape) assemble();
    shape = now;
    root.style.setProperty("--xv-photo", `url("${model.photo}")`);
    root.style.setProperty("--xv-signed", gradientOf(model.palettes.signed));
    root.style.setProperty("--xv-unsigned", gradientOf(model.palettes.unsigned));
    root.style.setProperty("--xv-aspect", `${model.size[1]} / ${model.size[0]}`);
    render();
  }
  function assemble() {
    for (const part of parts) part.end?.();
    const { model } = viewer, wants = model.parts;
    tools = wants.controls ? makeToolbar(viewer) : null;
    const curve = wants.curve && wants.scores ? makeCurve(viewer) : null;
    const picture = wants.picture ? makePicture(viewer) : null;
    if (picture) viewer.cross.listen(picture.node);
    const over = el("div", { class: "xv-over" }, curve?.node, picture?.node);
    viewer.cards = model.panels.map((panel, at) => makeCard(viewer, at));
    const cards = el("div", { class: "xv-cards" }, ...viewer.cards.map((card) => card.node));
    const captions = el("p", { class: "xv-line xv-captions" });
    const text = { draw: () => say(captions, hints(viewer.model).join(" ")) };
    const heading = wants.heading ? makeHeading(viewer) : null;
    parts = [heading, tools, curve, picture, ...viewer.cards, text].filter(Boolean);
    root.replaceChildren(...[heading?.node, tools?.node, over, cards, captions, told].filter(Boolean));
  }
  /** Nothing; draws everything that the view decides. */
  function render() {
    const begun = performance.now();
    const { model, view } = viewer;
    viewer.index = model.states.findIndex((s) => s.depth === view.depth);
    viewer.state = model.states[viewer.index];
    viewer.measure = model.measures.find((m) => m.key === view.measure);
    root.style.setProperty("--xv-strength", view.opacity / 100);
    for (const part of parts) part.draw();
    for (const card of viewer.cards) card.paint();
    viewer.turns.keep();
    if (viewer.cross.at) viewer.cross.again();
    const drawn = (performance.now() - begun).toFixed(1);
    Object.assign(root.dataset, { ready: String(Boolean(model.ready)), depth: view.depth, drawn });
  }
  function tell(text) {
    say(told, text);
  }
  viewer.tell = tell;
  viewer.turns = makeTurns(viewer);
  viewer.cross = makeCross(viewer);
  root.addEventListener("keydown", (event) => event.key === "Escape" && viewer.cross.clear());
  viewer.drawPairs = () => viewer.cards.forEach((card) => card.pair());
  /** Nothing; the visitor's wish, drawn at once and handed on when it has come to rest. */
  viewer.set = (wish, { quiet = false } = {}) => {
    const asked = performance.now();
    viewer.view = fitting(viewer.model, { ...viewer.view, ...wish });
    render();
    performance.clearMeasures("xv-change");
    performance.measure("xv-change", { start: asked, end: performance.now() });
    if (!quiet) viewer.changed();
  };
  viewer.go = (index, options) => viewer.set({ depth: viewer.model.states[index].depth }, options);
  viewer.changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (viewer.playing) return;
      tell(viewer.measure.findings[viewer.index]);
      onView?.({ ...viewer.view });
    }, COMMIT);
  };
  const seen = new IntersectionObserver(([entry]) => (onScreen = entry.isIntersecting, look()));
  let onScreen = true;
  const look = () => (viewer.visible = onScreen && !document.hidden);
  document.addEventListener("visibilitychange", look);
  seen.observe(root);
  load(bytes);
  return {
    update(next) {
      if (!sameBytes(current, next)) load(next);
    },
    view: () => ({ ...viewer.view }),
    destroy() {
      loads++;
      tools?.stop();
      clearTimeout(timer);
      viewer.turns.end();
      for (const part of parts) part.end?.();
      seen.disconnect();
      document.removeEventListener("visibilitychange", look);
      root.remove();
    },
  };
}

/** What is said below the cards: how to read them. */
function hints({ words, captions }) {
  return [words.read_hint, words.scale_help, ...captions];
}

/** A view whose values all exist in the model; a depth that does not becomes the nearest that does. */
function fitting(model, wanted) {
  const start = model.start;
  const one = (value, known, other) => (known.includes(value) ? value : other);
  const depths = model.states.map((s) => s.depth);
  const asked = Number.isFinite(wanted.depth) ? wanted.depth : start.depth;
  const measures = model.measures.map((m) => m.key);
  return {
    depth: depths.reduce((best, d) => (Math.abs(d - asked) < Math.abs(best - asked) ? d : best), depths[0]),
    measure: one(wanted.measure, measures, one(start.measure, measures, measures[0])),
    scale: one(wanted.scale, ["own", "shared"], "own"),
    mode: one(wanted.mode, ["side", "blink", "swipe"], "side"),
    opacity: Math.min(Math.max(Math.round(Number(wanted.opacity ?? 100)) || 0, 0), 100),
  };
}

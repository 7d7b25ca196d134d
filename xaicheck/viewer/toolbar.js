// The controls: the scrubber with play, and how the maps are looked at.

const PACE = 700; // milliseconds a state while playing

/** The sticky row: scrubber first, then what is seldom touched. */
function makeToolbar(viewer) {
  const scrubber = makeScrubber(viewer);
  const measure = makeMeasure(viewer);
  const mode = makeChoice(viewer, "mode", ["side", "blink", "swipe"]);
  const scale = makeChoice(viewer, "scale", ["own", "shared"]);
  const opacity = makeOpacity(viewer);
  const rest = el("div", { class: "xv-rest" }, measure.node, mode.node, scale.node, opacity.node);
  const node = el("div", { class: "xv-bar", role: "group" }, scrubber.node, rest);
  return {
    node,
    stop: scrubber.stop,
    draw() {
      node.setAttribute("aria-label", viewer.model.words.controls);
      for (const part of [scrubber, measure, mode, scale, opacity]) part.draw();
    },
  };
}

function makeScrubber(viewer) {
  const id = viewer.name("depth");
  const label = el("label", { for: id, class: "xv-label" });
  const [where, tick] = [el("span"), el("span", { class: "xv-tick" })];
  const value = el("span", { class: "xv-value", "aria-hidden": "true" }, where, tick);
  const range = el("input", { type: "range", id, min: 0, step: 1, class: "xv-range" });
  const ticks = el("div", { class: "xv-ticks", "aria-hidden": "true" });
  const icon = draw("path", {});
  const face = draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, icon);
  const button = el("button", { type: "button", class: "xv-play" }, face);
  const line = el("div", { class: "xv-scrubline" }, label, value);
  const node = el("div", { class: "xv-scrub" }, button, el("div", { class: "xv-track-box" }, line, range, ticks));
  let timer = 0;

  range.addEventListener("input", () => {
    stop();
    viewer.go(Number(range.value));
  });
  button.addEventListener("click", () => (timer ? stop() : start()));

  function start() {
    if (viewer.index === viewer.model.states.length - 1) viewer.go(0, { quiet: true });
    viewer.playing = true;
    timer = setInterval(step, PACE);
    show();
  }
  function step() {
    if (!viewer.visible) return;
    const next = viewer.index + 1;
    if (next < viewer.model.states.length) viewer.go(next, { quiet: true });
    if (next >= viewer.model.states.length - 1) stop();
  }
  function stop() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    viewer.playing = false;
    show();
    viewer.changed();
  }
  function show() {
    const { words } = viewer.model;
    icon.setAttribute("d", timer ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z");
    button.setAttribute("aria-label", timer ? words.pause : words.play);
    button.title = timer ? words.pause : words.play_help;
  }
  return {
    node,
    stop,
    draw() {
      const { model, state, index } = viewer;
      const last = model.states.length - 1;
      say(label, model.words.depth);
      say(where, state.position);
      say(tick, index ? ` · ${state.tick}` : "");
      node.hidden = last < 2 && !model.parts.curve; // the original stands beside a single step anyway
      range.max = last;
      range.value = index;
      range.style.setProperty("--xv-done", `${last ? (100 * index) / last : 0}%`);
      range.setAttribute("aria-valuetext", `${state.position}, ${state.tick}`);
      if (ticks.childElementCount !== last + 1) ticks.replaceChildren(...model.states.map(() => el("i")));
      show();
    },
  };
}

function makeMeasure(viewer) {
  const id = viewer.name("measure");
  const label = el("label", { for: id, class: "xv-label" });
  const select = el("select", { id, class: "xv-select" });
  const node = el("div", { class: "xv-item xv-measure" }, label, select);
  select.addEventListener("change", () => viewer.set({ measure: select.value }));
  return {
    node,
    draw() {
      const { model, view } = viewer;
      say(label, model.words.measure);
      node.hidden = model.measures.length < 2;
      if ([...select.options].map((o) => o.value).join() !== model.measures.map((m) => m.key).join()) {
        select.replaceChildren(...model.measures.map((m) => el("option", { value: m.key, text: m.label })));
      }
      select.value = view.measure;
    },
  };
}

/** A few radio buttons in a row. */
function makeChoice(viewer, what, keys) {
  const title = el("legend", { class: "xv-label" });
  const options = keys.map((key) => {
    const input = el("input", { type: "radio", name: viewer.name(what), value: key });
    input.addEventListener("change", () => viewer.set({ [what]: key }));
    const text = el("span");
    return { key, input, text, node: el("label", {}, input, text) };
  });
  const row = el("div", { class: "xv-seg" }, ...options.map((o) => o.node));
  const node = el("fieldset", { class: `xv-item xv-${what}` }, title, row);
  return {
    node,
    draw() {
      const { words } = viewer.model;
      say(title, words[what]);
      for (const option of options) {
        say(option.text, words[option.key]);
        option.input.checked = viewer.view[what] === option.key;
      }
    },
  };
}

function makeOpacity(viewer) {
  const id = viewer.name("opacity");
  const label = el("label", { for: id, class: "xv-label" });
  const value = el("span", { class: "xv-value", "aria-hidden": "true" });
  const range = el("input", { type: "range", id, min: 0, max: 100, step: 5, class: "xv-range" });
  const node = el("div", { class: "xv-item xv-opacity" }, el("div", { class: "xv-scrubline" }, label, value), range);
  range.addEventListener("input", () => viewer.set({ opacity: Number(range.value) }));
  return {
    node,
    draw() {
      const { model, view } = viewer;
      const text = fill(model.words.opacity_value, { value: view.opacity });
      say(label, model.words.opacity);
      say(value, text);
      range.value = view.opacity;
      range.style.setProperty("--xv-done", `${view.opacity}%`);
      range.setAttribute("aria-valuetext", text);
    },
  };
}

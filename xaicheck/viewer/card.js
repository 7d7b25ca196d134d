// One card a method: its score, its pictures, and what is known about them.

/** The card of the panel at a place of the model. */
function makeCard(viewer, at) {
  const title = el("h2");
  const tag = el("span", { class: "xv-tag" });
  const beyond = el("span", { class: "xv-tag xv-beyond" });
  const [score, word] = [el("b"), el("span")];
  const head = el("div", { class: "xv-head" }, title, tag, beyond, el("span", { class: "xv-score" }, score, word));
  const fillBar = el("i");
  const track = el("div", { class: "xv-track", "aria-hidden": "true" }, fillBar);
  const between = makeBetween(viewer, at);
  const figures = [makeFigure(), makeFigure(), makeFigure()];
  const pair = makePair(viewer);
  const badge = el("span", { class: "xv-badge" });
  const values = el("p", { class: "xv-values" });
  const note = el("p", { class: "xv-note" });
  const text = el("div", { class: "xv-text" }, badge, note);
  const pictures = [...figures.map((f) => f.node), pair.node];
  const maps = el("div", { class: "xv-maps", role: "group", tabindex: 0 }, ...pictures, text, values);
  const node = el("article", { class: "xv-card" }, head, track, between.node, maps);
  viewer.cross.listen(maps, at);

  function drawText(panel, mark) {
    const { model, view, measure, index } = viewer, { words, parts } = model;
    say(title, panel.label);
    say(tag, words.control);
    tag.classList.toggle("xv-none", !panel.control);
    const check = panel.checks[index] ?? { line: "", mark: "", why: "" };
    say(beyond, check.mark);
    beyond.title = check.why;
    beyond.classList.toggle("xv-none", !check.mark);
    say(score, parts.scores ? mark.text : "");
    say(word, parts.scores ? mark.word : "");
    const behind = between.draw(panel); // it shows the score too
    track.classList.toggle("xv-none", behind || !parts.scores || mark.share === null);
    fillBar.style.width = `${100 * (mark.share ?? 0)}%`;
    say(badge, panel.badges[index]);
    const limits = limitsOf(panel, index, view.scale);
    const [original, randomized] = limits.map(limitText);
    const ranges = fill(words[`${view.scale}_range`], { original, randomized });
    const spread = parts.scores ? `${measure.name}: ${mark.line}.` : "";
    say(note, [spread, limits.includes(null) ? "" : ranges, check.line].filter(Boolean).join(" "));
    const numbers = mark.mean === null ? mark.line : [mark.text, mark.word].filter(Boolean).join(", ");
    const said = [numbers, check.mark].filter(Boolean).join("; ");
    const named = fill(words.card, { label: panel.label, score: said });
    node.setAttribute("aria-label", parts.scores ? named : panel.label);
    maps.setAttribute("aria-label", fill(words.maps, { label: panel.label }));
    return limits;
  }
  return {
    node,
    pair: pair.place,
    /** Nothing; the text at once. */
    draw() {
      const panel = viewer.model.panels[at];
      drawText(panel, panel.scores[viewer.measure.key][viewer.index]);
      this.drawValues();
    },
    /** Nothing; the pictures of the current mode. */
    paint() {
      const { model, view, index } = viewer, panel = model.panels[at];
      const limits = limitsOf(panel, index, view.scale);
      const side = view.mode === "side";
      pair.node.hidden = side;
      maps.classList.toggle("xv-paired", !side);
      for (const figure of figures) figure.node.hidden = !side;
      if (!side) return pair.draw(panel, index, limits);
      const which = ["original", "randomized", "difference"];
      which.forEach((name, i) => say(figures[i].title, model.words[name]));
      drawMap(viewer, figures[0].layer, panel, 0, "original", limits[0]);
      drawMap(viewer, figures[1].layer, panel, index, "randomized", limits[1]);
      drawChange(viewer, figures[2].layer, panel, index);
      const shown = (one, limit) => (one.state === "map" ? limit : null);
      figures[0].bar.draw(shown(panel.maps[0], limits[0]), panel.signed);
      figures[1].bar.draw(shown(panel.maps[index], limits[1]), panel.signed);
      figures[2].bar.draw(shown(panel.changes[index], panel.changes[index].limit ?? null), true);
    },
    /** The values under the cross, as a sentence; empty without one. */
    drawValues() {
      const { model, cross, index } = viewer;
      const text = cross.at && model.ready ? cross.sentence(model.panels[at], index) : "";
      say(values, text);
      return text;
    },
  };
}

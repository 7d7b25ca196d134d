// The finding of the current depth, and what the networks say.

/** The kicker, the finding and the names of the randomized blocks. */
function makeHeading(viewer) {
  const kicker = el("p", { class: "xv-kicker" });
  const finding = el("h1", { class: "xv-finding" });
  const blocks = el("p", { class: "xv-line xv-blocks" });
  const left = el("p", { class: "xv-line" });
  const line = el("p", { class: "xv-line" });
  // The longest finding keeps the room, so that nothing below jumps while the depth moves.
  const room = el("div", { class: "xv-room" }, finding);
  const node = el("header", { class: "xv-heading" }, kicker, room, blocks, left, line);
  return {
    node,
    draw() {
      const { model, state, measure, index } = viewer;
      say(kicker, model.kicker);
      say(finding, measure.findings[index]);
      room.dataset.longest = measure.findings.reduce((a, b) => (b.length > a.length ? b : a));
      say(blocks, state.blocks);
      say(left, state.left_out ?? "");
      say(line, measure.line);
      line.hidden = model.parts.curve && model.parts.scores; // the curves say it
    },
  };
}

/** The photograph and the five likeliest classes before and after. */
function makePicture(viewer) {
  const photo = el("img", { class: "xv-original" });
  const frame = el("div", { class: "xv-frame xv-photo" }, photo, el("div", { class: "xv-cross" }));
  const [before, after] = [makeAnswers(), makeAnswers()];
  const explained = el("p", { class: "xv-note" });
  const alive = el("p", { class: "xv-note" });
  const notes = el("div", { class: "xv-notes" }, explained, alive);
  const body = el("div", { class: "xv-hero" }, frame, before.node, after.node, notes);
  const node = el("article", { class: "xv-card xv-picture" }, body);
  return {
    node,
    draw() {
      const { model, state, index } = viewer;
      if (photo.src !== model.photo) photo.src = model.photo;
      photo.alt = model.photo_alt;
      node.setAttribute("aria-label", model.words.picture);
      before.draw(model.words.before, model.states[0].answers);
      after.draw(model.words.after, (index ? state : model.states.at(-1)).answers);
      after.node.classList.toggle("xv-hidden", !index); // its room stays
      say(explained, model.explained);
      say(alive, state.alive);
    },
  };
}

function makeAnswers() {
  const title = el("caption");
  const rows = el("tbody");
  const node = el("table", { class: "xv-top" }, title, rows);
  let drawn = null;
  return {
    node,
    draw(text, answers) {
      node.classList.toggle("xv-none", !answers.length);
      if (answers === drawn) return;
      drawn = answers;
      say(title, text);
      rows.replaceChildren(
        ...answers.map((a) => {
          const kind = { class: a.explained ? "xv-explained" : null };
          return el("tr", kind, el("td", { text: a.label }), el("td", { text: a.share }));
        }),
      );
    },
  };
}

// Original and randomized in one larger frame: in turns (blink) or with a divider (swipe).

const TURN = 600; // milliseconds a picture: well below three flashes a second

/** What all cards share: which picture is shown, whether they alternate, where the divider is. */
function makeTurns(viewer) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const turns = { shows: "original", moving: !still.matches, divider: 50, calm: still.matches };
  let timer = 0;
  function tick() {
    if (viewer.visible) turns.flip();
  }
  turns.flip = () => {
    turns.shows = turns.shows === "original" ? "randomized" : "original";
    viewer.drawPairs();
  };
  turns.keep = () => {
    const wanted = viewer.view.mode === "blink" && turns.moving && !turns.calm;
    if (wanted && !timer) timer = setInterval(tick, TURN);
    if (!wanted && timer) timer = clearInterval(timer) ?? 0;
  };
  turns.move = (moving) => {
    turns.moving = moving;
    turns.keep();
    viewer.drawPairs();
  };
  turns.divide = (share) => {
    turns.divider = Math.min(Math.max(Math.round(share), 0), 100);
    viewer.drawPairs();
  };
  const changed = () => {
    turns.calm = still.matches;
    turns.keep();
    viewer.drawPairs();
  };
  still.addEventListener("change", changed);
  turns.end = () => {
    clearInterval(timer);
    still.removeEventListener("change", changed);
  };
  return turns;
}

/** The larger picture of a card in blink and swipe. */
function makePair(viewer) {
  const [below, above] = [makeLayer(), makeLayer()];
  const span = { "aria-valuemin": 0, "aria-valuemax": 100 };
  const handle = el("div", { class: "xv-divider", role: "slider", tabindex: 0, ...span });
  const frame = makeFrame(below, above);
  frame.append(handle);
  const title = el("figcaption", { class: "xv-turn" });
  const buttons = el("div", { class: "xv-buttons" });
  const stop = el("button", { type: "button" });
  const next = el("button", { type: "button" });
  buttons.append(stop, next);
  const [first, second] = [makeBar(), makeBar()];
  const [left, right] = [el("span"), el("span")];
  const bars = el("div", { class: "xv-bars" }, el("div", {}, left, first.node), el("div", {}, right, second.node));
  const node = el("figure", { class: "xv-pair" }, frame, title, buttons, bars);

  stop.addEventListener("click", () => viewer.turns.move(!viewer.turns.moving));
  next.addEventListener("click", () => {
    viewer.turns.move(false);
    viewer.turns.flip();
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const end = { Home: 0, End: 100 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    viewer.turns.divide(end ?? viewer.turns.divider + step * (event.shiftKey ? 10 : 1));
  });
  const drag = (event) => {
    if (viewer.view.mode !== "swipe" || !event.buttons) return;
    const box = frame.getBoundingClientRect();
    viewer.turns.divide((100 * (event.clientX - box.left)) / box.width);
  };
  frame.addEventListener("pointerdown", (event) => {
    if (viewer.view.mode !== "swipe") return;
    frame.setPointerCapture(event.pointerId);
    drag(event);
  });
  frame.addEventListener("pointermove", drag);

  function place() {
    const { model, view, turns } = viewer, { words } = model;
    const swipe = view.mode === "swipe";
    node.classList.toggle("xv-swipe", swipe);
    frame.style.setProperty("--xv-divider", `${turns.divider}%`);
    // Each map ends at the divider: under a map that lets the photograph through, the other would shine, too.
    below.node.style.clipPath = swipe ? `inset(0 ${100 - turns.divider}% 0 0)` : "";
    above.node.style.clipPath = swipe ? `inset(0 0 0 ${turns.divider}%)` : "";
    above.node.classList.toggle("xv-hidden", !swipe && turns.shows === "original");
    below.node.classList.toggle("xv-hidden", !swipe && turns.shows === "randomized");
    handle.hidden = buttons.hidden = false;
    handle.hidden = !swipe;
    buttons.hidden = swipe;
    stop.hidden = turns.calm;
    say(stop, turns.moving ? words.blink_stop : words.blink_start);
    say(next, words.blink_next);
    say(title, swipe ? words.swipe_alt : words[turns.shows]);
    node.dataset.shows = swipe ? "both" : turns.shows;
    handle.setAttribute("aria-label", words.divider);
    handle.setAttribute("aria-valuenow", turns.divider);
    handle.setAttribute("aria-valuetext", fill(words.divider_value, { value: turns.divider }));
  }
  return {
    node,
    place,
    draw(panel, index, limits) {
      drawMap(viewer, below, panel, 0, "original", limits[0]);
      drawMap(viewer, above, panel, index, "randomized", limits[1]);
      say(left, viewer.model.words.original);
      say(right, viewer.model.words.randomized);
      first.draw(limits[0], panel.signed);
      second.draw(limits[1], panel.signed);
      place();
    },
  };
}

// The cross: one place, marked in all pictures of all cards, with the values under it.

/** The cross of a viewer; `at` is null or {x, y} in pixels of the maps. */
function makeCross(viewer) {
  const cross = { at: null, pinned: false };

  function show(at, pinned) {
    cross.at = at;
    cross.pinned = pinned && at !== null;
    const { root, model } = viewer, [height, width] = model.size;
    root.classList.toggle("xv-crossed", at !== null);
    if (at) {
      root.style.setProperty("--xv-x", `${(100 * (at.x + 0.5)) / width}%`);
      root.style.setProperty("--xv-y", `${(100 * (at.y + 0.5)) / height}%`);
    }
    for (const card of viewer.cards) card.drawValues();
  }
  function placeOf(event) {
    const frame = event.target.closest(".xv-frame");
    if (!frame) return null;
    const box = frame.getBoundingClientRect(), [height, width] = viewer.model.size;
    const inside = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
    return {
      x: inside((event.clientX - box.left) / box.width, width),
      y: inside((event.clientY - box.top) / box.height, height),
    };
  }
  function moved(key, far) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!step) return null;
    const [height, width] = viewer.model.size, by = far ? 10 : 1;
    if (!cross.at) return { x: width >> 1, y: height >> 1 };
    const inside = (value, count) => Math.min(Math.max(value, 0), count - 1);
    return { x: inside(cross.at.x + by * step[0], width), y: inside(cross.at.y + by * step[1], height) };
  }
  /** Whether a finger meant the cross itself: then it goes away. */
  function nearTo({ x, y }) {
    return Math.hypot(x - cross.at.x, y - cross.at.y) < viewer.model.size[1] / 16;
  }
  cross.clear = () => show(null, false);
  cross.again = () => show(cross.at, cross.pinned);
  cross.sentence = (panel, index) => {
    const { x, y } = cross.at;
    const read = valuesAt(panel, index, y * viewer.model.size[1] + x);
    return fill(viewer.model.words.read, {
      x,
      y,
      original: short(read.original),
      randomized: short(read.randomized),
      difference: short(read.difference),
    });
  };
  /** Nothing; the pictures of a card, or the photograph, take part. `card`: whose values are read aloud. */
  cross.listen = (node, card = null) => {
    node.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch" && !event.buttons) return;
      const place = placeOf(event);
      if (place && (!cross.pinned || event.pointerType === "touch")) show(place, event.pointerType === "touch");
    });
    node.addEventListener("pointerleave", (event) => {
      if (!cross.pinned && event.pointerType !== "touch") cross.clear();
    });
    node.addEventListener("click", (event) => {
      const place = placeOf(event);
      if (!place || viewer.view.mode === "swipe") return;
      if (event.pointerType !== "touch") show(place, !cross.pinned);
      else if (cross.pinned && nearTo(place)) cross.clear();
      else show(place, true);
    });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && cross.at) {
        cross.clear();
      } else if (event.target === node && event.key === " " && viewer.view.mode === "blink") {
        viewer.turns.move(false);
        viewer.turns.flip();
      } else {
        const place = event.target === node ? moved(event.key, event.shiftKey) : null;
        if (!place) return;
        show(place, true);
        if (card !== null) viewer.tell(`${viewer.model.panels[card].label}: ${viewer.cards[card].drawValues()}`);
      }
      event.preventDefault();
    });
  };
  return cross;
}

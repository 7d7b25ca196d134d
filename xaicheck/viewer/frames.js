// The pictures of a card: canvases of the maps' own size, with the reason where there is no map.

/** One picture: a canvas, or a text in its place. */
function makeLayer() {
  const canvas = el("canvas", { role: "img" });
  const why = el("p", { class: "xv-why", hidden: true });
  const node = el("div", { class: "xv-layer" }, canvas, why);
  const layer = { node, canvas, why, context: null, image: null, pixels: null };
  layer.fit = ([height, width]) => {
    if (layer.image && canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
    layer.context = canvas.getContext("2d");
    layer.image = layer.context.createImageData(width, height);
    layer.pixels = new Uint32Array(layer.image.data.buffer);
  };
  layer.none = (text) => {
    const missing = text !== null;
    why.hidden = !missing;
    canvas.hidden = missing;
    if (missing) say(why, text);
  };
  return layer;
}

/** A frame around layers, with the cross over them. */
function makeFrame(...layers) {
  return el("div", { class: "xv-frame" }, ...layers.map((l) => l.node), el("div", { class: "xv-cross" }));
}

/** A colour bar with the numbers at both ends. */
function makeBar() {
  const [low, high] = [el("span"), el("span")];
  const strip = el("i");
  const node = el("div", { class: "xv-colours" }, low, strip, high);
  return {
    node,
    draw(limit, signed) {
      node.classList.toggle("xv-none", limit === null);
      strip.className = signed ? "xv-signed" : "xv-unsigned";
      say(low, signed ? `−${limitText(limit)}` : "0");
      say(high, limitText(limit));
    },
  };
}

/** A frame with its title and its colour bar. */
function makeFigure() {
  const layer = makeLayer();
  const title = el("figcaption");
  const bar = makeBar();
  return { layer, title, bar, node: el("figure", {}, makeFrame(layer), title, bar.node) };
}

/** Nothing; a panel's map in a layer, or why there is none. */
function drawMap(viewer, layer, panel, index, which, limit) {
  const { model, state } = viewer, map = panel.maps[index];
  const reason = reasonOf(model, map);
  layer.fit(model.size);
  layer.none(reason);
  if (reason !== null) return;
  const palette = viewer.palettes[panel.signed ? "signed" : "unsigned"];
  paintMap(layer, map, limit, panel.signed, palette);
  const place = which === "original" ? model.words.original.toLowerCase() : state.place;
  layer.canvas.setAttribute("aria-label", altOf(model, panel, which, place, limit));
}

/** Nothing; the difference in a layer, or why there is none. */
function drawChange(viewer, layer, panel, index) {
  const { model, state } = viewer, change = panel.changes[index];
  const reason = reasonOf(model, change);
  layer.fit(model.size);
  layer.none(reason);
  if (reason !== null) return;
  paintChange(layer, panel.maps[0], panel.maps[index], change.limit, viewer.palettes.signed);
  layer.canvas.setAttribute("aria-label", altOf(model, panel, "difference", state.place, change.limit));
}

function reasonOf(model, one) {
  if (one.state === "why") return one.why;
  if (one.state !== "map") return model.words[one.state];
  return model.ready ? null : ""; // a moment without words: the maps are being unpacked
}

function altOf(model, panel, which, place, limit) {
  const { words } = model;
  return fill(words.alt, { label: panel.label, which: words[which].toLowerCase(), place, limit: limitText(limit) });
}

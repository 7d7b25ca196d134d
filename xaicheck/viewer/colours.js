// Levels become colours: the same palettes and the same arithmetic as the pictures that Python draws.

const LAST = 254, ZERO = 127, HOLE_COLOUR = 255;

/** A palette as 256 pixels for a canvas. */
function paletteOf(hex) {
  const pixels = new Uint32Array(256);
  const bytes = new Uint8Array(pixels.buffer);
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = parseInt(hex.substr(6 * i + 2 * c, 2), 16);
    bytes[4 * i + 3] = 255;
  }
  return pixels;
}

/** A palette as a gradient for the colour bars. */
function gradientOf(hex) {
  const stops = [];
  for (let i = 0; i <= LAST; i += 1) if (i % 6 === 0 || i === LAST) stops.push(i);
  const at = (i) => `#${hex.substr(6 * i, 6)} ${((100 * i) / LAST).toFixed(1)}%`;
  return `linear-gradient(90deg,${stops.map(at).join(",")})`;
}

/** Rounded to the nearest, halves to the even one. */
function rounded(x) {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 ? near - 1 : near;
}

/** Which colour of the palette a value has. */
function colourOf(value, limit, signed) {
  if (Number.isNaN(value)) return HOLE_COLOUR;
  const share = limit > 0 ? Math.min(Math.max(value / limit, -1), 1) : 0;
  return rounded(signed ? ZERO + ZERO * share : LAST * Math.max(share, 0));
}

/** Nothing; a map on a canvas of its own size. */
function paintMap(layer, map, limit, signed, palette) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) table[i] = palette[colourOf(map.values[i], limit, signed)];
  const { levels } = map, { pixels } = layer;
  for (let i = 0; i < levels.length; i++) pixels[i] = table[levels[i]];
  layer.context.putImageData(layer.image, 0, 0);
}

/** Nothing; the difference of two maps, each in units of its own root mean square. */
function paintChange(layer, before, after, limit, palette) {
  const unit = (map) => map.values.map((value) => (ZERO * value) / map.rms / limit);
  const [a, b] = [unit(before), unit(after)];
  const [first, second] = [before.levels, after.levels], { pixels } = layer;
  for (let i = 0; i < pixels.length; i++) {
    const step = b[second[i]] - a[first[i]];
    const kept = step > ZERO ? ZERO : step < -ZERO ? -ZERO : step;
    pixels[i] = palette[kept !== kept ? HOLE_COLOUR : (ZERO + 0.5 + kept) | 0]; // not a number differs from itself
  }
  layer.context.putImageData(layer.image, 0, 0);
}

/** The colour ranges of a panel's two maps at a state: each its own, or the larger one for both. */
function limitsOf(panel, index, scale) {
  const own = [panel.maps[0].limit ?? null, panel.maps[index].limit ?? null];
  if (scale !== "shared") return own;
  const known = own.filter((limit) => limit !== null);
  const most = known.length ? Math.max(...known) : null;
  return [most, most];
}

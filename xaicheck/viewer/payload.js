// The payload: a header at once, the maps when the browser has unpacked them.

const MAGIC = "XV1\n";

/** The header of a payload and its packed maps; throws for anything else. */
function readPayload(bytes) {
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, 4)) !== MAGIC) throw new Error("no payload of the viewer");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return { header: JSON.parse(text.decode(bytes.subarray(8, 8 + length))), packed: bytes.subarray(8 + length) };
}

/** Whether two payloads are the same, byte by byte: a rerun of the page must not unpack them again. */
function sameBytes(a, b) {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The unpacked maps, one level a byte. */
async function unpacked(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The header with levels and a table of values for each map that is carried. */
function modelOf(header, body) {
  const [height, width] = header.size;
  const known = new Map();
  for (const panel of header.panels) {
    for (const one of panel.maps) {
      if (one.at === undefined) continue;
      if (!known.has(one.at)) {
        const levels = body.subarray(one.at * height * width, (one.at + 1) * height * width);
        if (one.filter) undoSteps(levels, width);
        known.set(one.at, levels);
      }
      one.levels = known.get(one.at);
      one.values = valuesOf(one.peak);
    }
  }
  return { ...header, ready: true };
}

/** Differences to the left neighbour become levels again; a byte wraps by itself. */
function undoSteps(levels, width) {
  for (let i = 0; i < levels.length; i++) if (i % width) levels[i] += levels[i - 1];
}

/** The value of each level, by its byte; level -128 (byte 128) is not a number. */
function valuesOf(peak) {
  const values = new Float64Array(256);
  for (let level = -127; level <= 127; level++) {
    values[level & 255] = Math.sign(level) * (level / 127) ** 2 * peak;
  }
  values[128] = NaN;
  return values;
}

/** The reading of a state: original, randomized and their difference in units of the root mean square. */
function valuesAt(panel, index, pixel) {
  const [before, after] = [panel.maps[0], panel.maps[index]];
  const read = (one) => (one.levels ? one.values[one.levels[pixel]] : null);
  const [original, randomized] = [read(before), read(after)];
  const both = original !== null && randomized !== null && before.rms && after.rms;
  return { original, randomized, difference: both ? randomized / after.rms - original / before.rms : null };
}

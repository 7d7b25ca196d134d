// Elements and numbers. Text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties, attributes and children; strings become text. */
function el(name, options = {}, ...children) {
  return build(document.createElement(name), options, children);
}

/** The same for a drawing. */
function draw(name, options = {}, ...children) {
  return build(document.createElementNS(SVG, name), options, children);
}

function build(node, options, children) {
  for (const [key, value] of Object.entries(options)) {
    if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Nothing; the text of an element, touched only where it differs. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A text with its {names} filled in. */
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const minus = (text) => text.replace(/-/g, "−");
const raised = (n) => String(n).replace(/[-0-9]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

/** A number of any size in so many digits: 0.0123, 41.2, 3.1·10⁻⁷; a dash for none. */
function inDigits(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const plain = () => minus(size < 1000 ? String(Number(value.toPrecision(digits))) : value.toFixed(0));
  if (size >= 1e-3 && size < 1e4) return plain();
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return minus(mantissa) + "·10" + raised(Number(exponent));
}

const short = (value) => inDigits(value, 3);
/** The end of a colour range: 8 bits carry two digits of it. */
const limitText = (limit) => inDigits(limit, 2);

/** Steps of 1, 2 or 5 times a power of ten that cover a range with about `wanted` of them. */
function ticksOf(low, high, wanted) {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((m) => m * power >= rough) * power;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

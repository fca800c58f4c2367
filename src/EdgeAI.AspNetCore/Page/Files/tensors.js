// Tensors in the protocol's binary form: little-endian, row by row.

const kinds = {
  BOOL: { size: 1, read: (v, i) => v.getUint8(i) !== 0, write: (v, i, x) => v.setUint8(i, x ? 1 : 0) },
  UINT8: { size: 1, read: (v, i) => v.getUint8(i), write: (v, i, x) => v.setUint8(i, x), range: [0, 255] },
  UINT16: { size: 2, read: (v, i) => v.getUint16(i, true), write: (v, i, x) => v.setUint16(i, x, true), range: [0, 65535] },
  UINT32: { size: 4, read: (v, i) => v.getUint32(i, true), write: (v, i, x) => v.setUint32(i, x, true), range: [0, 2 ** 32 - 1] },
  UINT64: { size: 8, read: (v, i) => v.getBigUint64(i, true), write: (v, i, x) => v.setBigUint64(i, BigInt(x), true), range: [0, Infinity] },
  INT8: { size: 1, read: (v, i) => v.getInt8(i), write: (v, i, x) => v.setInt8(i, x), range: [-128, 127] },
  INT16: { size: 2, read: (v, i) => v.getInt16(i, true), write: (v, i, x) => v.setInt16(i, x, true), range: [-32768, 32767] },
  INT32: { size: 4, read: (v, i) => v.getInt32(i, true), write: (v, i, x) => v.setInt32(i, x, true), range: [-(2 ** 31), 2 ** 31 - 1] },
  INT64: { size: 8, read: (v, i) => v.getBigInt64(i, true), write: (v, i, x) => v.setBigInt64(i, BigInt(x), true), range: [-Infinity, Infinity] },
  FP16: { size: 2, read: (v, i) => fromHalf(v.getUint16(i, true)), write: (v, i, x) => v.setUint16(i, toHalf(x), true), isFloat: true },
  BF16: { size: 2, read: (v, i) => fromBits(v.getUint16(i, true) << 16), write: (v, i, x) => v.setUint16(i, toBrain(x), true), isFloat: true },
  FP32: { size: 4, read: (v, i) => v.getFloat32(i, true), write: (v, i, x) => v.setFloat32(i, x, true), isFloat: true },
  FP64: { size: 8, read: (v, i) => v.getFloat64(i, true), write: (v, i, x) => v.setFloat64(i, x, true), isFloat: true },
};

export const isKnown = datatype => datatype === "BYTES" || datatype in kinds;
export const isFloat = datatype => kinds[datatype]?.isFloat ?? false;
export const countOf = shape => shape.reduce((count, size) => count * size, 1);

/** Writes values. */
export function write(datatype, values) {
  if (datatype === "BYTES") {
    return writeStrings(values);
  }
  const kind = kinds[datatype];
  const view = new DataView(new ArrayBuffer(values.length * kind.size));
  for (let i = 0; i < values.length; i++) {
    kind.write(view, i * kind.size, check(datatype, kind, values[i], i));
  }
  return new Uint8Array(view.buffer);
}

/** Reads values. */
export function read(datatype, data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (datatype === "BYTES") {
    return readStrings(view);
  }
  const kind = kinds[datatype];
  return Array.from({ length: data.byteLength / kind.size }, (_, i) => kind.read(view, i * kind.size));
}

/** Values in their nested lists as one list, and the shape that the nesting has; of plain lists the shape is null. */
export function flatten(value) {
  if (!Array.isArray(value)) {
    return { values: [value], shape: [] };
  }
  if (!value.some(Array.isArray)) {
    return { values: value, shape: [value.length] };
  }
  const parts = value.map(flatten);
  const inner = JSON.stringify(parts[0].shape);
  if (parts.some(part => JSON.stringify(part.shape) !== inner)) {
    throw new Error("The lists within the values differ in length.");
  }
  return { values: parts.flatMap(part => part.values), shape: [value.length, ...parts[0].shape] };
}

function check(datatype, kind, value, index) {
  if (datatype === "BOOL") {
    return value === true || value === 1 || value === "true";
  }
  const isNumber = typeof value === "number" || (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)));
  if (!isNumber) {
    throw new Error(`The value ${JSON.stringify(value)} at ${index} is no number, which ${datatype} asks for.`);
  }
  if (kind.isFloat) {
    return Number(value);
  }
  if (!/^\s*[+-]?\d+\s*$/u.test(String(value)) || Number(value) < kind.range[0] || Number(value) > kind.range[1]) {
    throw new Error(`The value ${value} at ${index} is no ${datatype}.`);
  }
  return kind.size === 8 ? value : Number(value);
}

function writeStrings(values) {
  const texts = values.map(value => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));
  const data = new Uint8Array(texts.reduce((length, text) => length + 4 + text.length, 0));
  const view = new DataView(data.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    data.set(text, at + 4);
    at += 4 + text.length;
  }
  return data;
}

function readStrings(view) {
  const texts = [];
  for (let at = 0; at < view.byteLength;) {
    const length = view.getUint32(at, true);
    texts.push(new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, length)));
    at += 4 + length;
  }
  return texts;
}

const bits = new DataView(new ArrayBuffer(4));

function fromBits(value) {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
}

function toBits(value) {
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

// Rounds to the nearest, a tie to the even one.
function toBrain(value) {
  const whole = toBits(value);
  return Number.isNaN(value) ? 0x7fc0 : ((whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16) & 0xffff;
}

function fromHalf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  return exponent === 0 ? sign * fraction * 2 ** -24
    : exponent === 31 ? (fraction ? NaN : sign * Infinity)
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function toHalf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) {
    return 0x7e00;
  }
  if (size >= 65520) {
    return sign | 0x7c00;
  }
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundEven(size * 2 ** (10 - exponent));
  return sign | (size < 2 ** -14 ? steps : ((exponent + 14) << 10) + steps);
}

function roundEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

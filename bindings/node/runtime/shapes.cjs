'use strict';

// What values look like. A shape is a function: nothing for a value that fits, else a fault, which says where and what was
// expected. `generated/model.cjs` has those of the types, and lets members be that it does not know. Lengths, ranges and patterns are the server's to judge, and so are words: a newer server may have others.

/** What does not fit: the parts of the way to it, from the outside in. */
class Fault {
  constructor(expected, value, isShown = false) {
    this.expected = expected;
    this.found = described(value, isShown);
    this.path = [];
  }

  within(name) {
    this.path.unshift(name);
    return this;
  }

  /** The value under this name, such as `itemDraft.price.amount`. */
  told(name) {
    const place = this.path.reduce((place, part) => place + (typeof part === 'number' ? `[${part}]` : `.${part}`), name);
    return `\`${place}\` is ${this.found}; expected ${this.expected}`;
  }
}

/** A text is shown only where it can be no secret. */
function described(value, isShown) {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string' && isShown) return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'number' && isShown) return String(value);
  if (typeof value === 'object') return `an object${value.constructor?.name ? ` (${value.constructor.name})` : ''}`;
  return `a ${typeof value}`;
}

function textOf(expected, pattern) {
  return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : new Fault(expected, value, true));
}

function integer(bits, most) {
  const expected = `a whole number of ${bits} bits`;
  return (value) =>
    Number.isSafeInteger(value) && value <= most && value >= -most - 1 ? undefined : new Fault(expected, value, true);
}

function text(value) {
  return typeof value === 'string' ? undefined : new Fault('a string', value);
}

function boolean(value) {
  return typeof value === 'boolean' ? undefined : new Fault('a boolean', value);
}

function object(value) {
  return isObject(value) ? undefined : new Fault('an object', value);
}

const id = textOf('a UUID', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const moment = textOf('a moment such as "2027-05-14T09:00:00Z"', /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/);
const day = textOf('a day such as "2027-05-14"', /^\d{4}-\d\d-\d\d$/);

function list(value, of) {
  if (!Array.isArray(value)) return new Fault('an array', value);
  for (let at = 0; at < value.length; at += 1) {
    const fault = of(value[at]);
    if (fault) return fault.within(at);
  }
  return undefined;
}

function map(value, of) {
  if (!isObject(value)) return new Fault('an object', value);
  for (const name of Object.keys(value)) {
    const fault = of(value[name]);
    if (fault) return fault.within(name);
  }
  return undefined;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = {
  boolean,
  day,
  id,
  int32: integer(32, 2 ** 31 - 1),
  int64: integer(64, Number.MAX_SAFE_INTEGER),
  isObject,
  list,
  map,
  moment,
  object,
  secret: text,
  text,
  word: text,
  Fault,
};

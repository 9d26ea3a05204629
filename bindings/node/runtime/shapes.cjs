'use strict';

// What values look like. A shape is a function: nothing for a value that fits, else a fault, which says where and what was
// expected. Lengths, ranges and patterns are the server's to judge, and so are words: a newer server may have others.

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

function shape(check) {
  check.optional = Object.assign((value) => (value === undefined ? undefined : check(value)), { isOptional: true });
  return check;
}

function textOf(expected, pattern) {
  return shape((value) => {
    if (typeof value !== 'string' || !pattern.test(value)) return new Fault(expected, value, true);
  });
}

function integer(bits, most) {
  return shape((value) => {
    if (!Number.isSafeInteger(value) || value > most || value < -most - 1) {
      return new Fault(`a whole number of ${bits} bits`, value, true);
    }
  });
}

const text = shape((value) => {
  if (typeof value !== 'string') return new Fault('a string', value);
});

const boolean = shape((value) => {
  if (typeof value !== 'boolean') return new Fault('a boolean', value);
});

const object = shape((value) => {
  if (!isObject(value)) return new Fault('an object', value);
});

const id = textOf('a UUID', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const moment = textOf('a moment such as "2027-05-14T09:00:00Z"', /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/);
const day = textOf('a day such as "2027-05-14"', /^\d{4}-\d\d-\d\d$/);

function list(of) {
  return shape((value) => {
    if (!Array.isArray(value)) return new Fault('an array', value);
    for (let at = 0; at < value.length; at += 1) {
      const fault = of(value[at]);
      if (fault) return fault.within(at);
    }
  });
}

function map(of) {
  return shape((value) => {
    if (!isObject(value)) return new Fault('an object', value);
    for (const name of Object.keys(value)) {
      const fault = of(value[name]);
      if (fault) return fault.within(name);
    }
  });
}

/** An object with these members, which may name types that are declared later. Members that are not known are let be. */
function struct(members) {
  let names;
  let shapes;
  return shape((value) => {
    if (names === undefined) {
      const known = members();
      names = Object.keys(known);
      shapes = Object.values(known);
    }
    if (!isObject(value)) return new Fault('an object', value);
    for (let at = 0; at < names.length; at += 1) {
      const fault = shapes[at](value[names[at]]);
      if (fault) return fault.within(names[at]);
    }
  });
}

/** One of several objects, told apart by the word of one member. */
function union(tag, variants) {
  let shapes;
  return shape((value) => {
    shapes ??= Object.fromEntries(Object.entries(variants()).map(([word, members]) => [word, struct(() => members)]));
    if (!isObject(value)) return new Fault('an object', value);
    if (typeof value[tag] !== 'string') return new Fault('a string', value[tag]).within(tag);
    return Object.hasOwn(shapes, value[tag]) ? shapes[value[tag]](value) : undefined;
  });
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = {
  boolean, day, id, int32: integer(32, 2 ** 31 - 1), int64: integer(64, Number.MAX_SAFE_INTEGER), isObject, list, map, moment, object,
  secret: text, struct, text, union, word: text, Fault,
};

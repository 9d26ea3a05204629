'use strict';

const { inspect } = require('node:util');
const { errorOf, errorOfThrown } = require('./errors.cjs');
const { textOf } = require('./exchange.cjs');
const { secrets } = require('../generated/model.cjs');
const { Pages } = require('./pages.cjs');
const { Fault, isObject } = require('./shapes.cjs');

/** Whatever sends calls. Only this package makes one. */
class Caller {
  #native;
  #exchange;

  constructor(native, exchange) {
    this.#native = native;
    this.#exchange = exchange;
  }

  static parts(caller) {
    if (!isObject(caller) || !(#native in caller)) {
      throw new TypeError('a method of `Wishlists` was called without its object; write `wishlists.method()`, or bind it');
    }
    return { native: caller.#native, exchange: caller.#exchange };
  }
}

/** One call of one operation. As an `async` function it has the caller's line in the stack of its errors. */
async function call(caller, row, given, options) {
  const { native, exchange } = Caller.parts(caller);
  const request = requestOf(row, given, options);
  const signal = options?.signal;
  if (signal?.aborted) throw signal.reason;
  let reply;
  try {
    reply = await exchange.send(native, request, signal);
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? error : errorOfThrown(error);
  }
  const text = textOf(reply);
  return row.answer === undefined ? undefined : answerOf(row, text);
}

/** All pages of a listing. What is wrong with the arguments is told at once. */
function pages(caller, row, given, options) {
  Caller.parts(caller);
  requestOf(row, given, options);
  return new Pages((cursor) => call(caller, row, given, cursor === undefined ? options : { ...options, cursor }), options?.cursor);
}

function requestOf(row, given, options) {
  row.given.forEach(([name, shape], at) => check(name, shape, given[at]));
  checkOptions(row, options);
  const query = [];
  for (const [name, , place] of row.query) {
    const value = place === undefined ? options?.[name] : given[place];
    if (value !== undefined) query.push(name, String(value));
  }
  return {
    operation: row.operation,
    method: row.method,
    path: row.path.map((part) => (typeof part === 'number' ? String(given[part]) : part)),
    query,
    body: row.hasBody ? bodyOf(row, given) : undefined,
    isSigned: row.isSigned,
    isIdempotent: row.isIdempotent,
    isConditional: row.isConditional,
    key: options?.key,
    version: options?.ifVersion,
  };
}

function bodyOf(row, given) {
  try {
    return JSON.stringify(given[given.length - 1]);
  } catch (error) {
    // A circle, or a number that JSON has no place for, in a member that no type has.
    throw new TypeError(`\`${row.given.at(-1)[0]}\` cannot be written as JSON: ${error.message}`);
  }
}

function check(name, shape, value) {
  const fault = shape(value);
  if (fault) throw new TypeError(fault.told(name));
}

function checkOptions(row, options) {
  if (options === undefined) return;
  if (!isObject(options)) throw new TypeError(new Fault('an object', options).told('options'));
  for (const name of Object.keys(options)) {
    const value = options[name];
    if (name === 'signal') {
      checkSignal(value);
    } else if (name === 'key' && row.isIdempotent) {
      if (value !== undefined && typeof value !== 'string') throw new TypeError(new Fault('a string', value).told('key'));
    } else if (name === 'ifVersion' && row.isConditional) {
      if (value !== undefined && !Number.isSafeInteger(value)) throw new TypeError(new Fault('a version', value, true).told('ifVersion'));
    } else {
      const parameter = row.query.find(([known, , place]) => known === name && place === undefined);
      if (parameter === undefined) throw new TypeError(`\`${name}\` is no option of this call; expected ${known(row)}`);
      if (value !== undefined) check(name, parameter[1], value);
    }
  }
}

function checkSignal(value) {
  const isSignal = value === undefined || (typeof value?.aborted === 'boolean' && typeof value.addEventListener === 'function');
  if (!isSignal) throw new TypeError(new Fault('an AbortSignal', value).told('signal'));
}

function known(row) {
  const own = row.query.filter(([, , place]) => place === undefined).map(([name]) => name);
  const names = [...own, ...(row.isIdempotent ? ['key'] : []), ...(row.isConditional ? ['ifVersion'] : []), 'signal'];
  return names.map((name) => `\`${name}\``).join(', ');
}

function answerOf(row, text) {
  const answer = parsed(text);
  const fault = row.answer(answer);
  if (fault) throw invalid(`the answer is none of \`${row.operation}\`: ${fault.told('answer')}`);
  if (row.hasSecrets) conceal(answer);
  return answer;
}

function parsed(text) {
  try {
    return JSON.parse(text ?? '');
  } catch (cause) {
    throw Object.assign(invalid(`the answer is no JSON: ${cause.message}`), { cause });
  }
}

function invalid(message) {
  return errorOf({ kind: 'InvalidAnswer', message: `${message}; look at the address` });
}

/** Keeps secrets out of logs; `JSON.stringify` still writes them, to keep a session. */
function conceal(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const within of Object.values(value)) conceal(within);
  const hidden = secrets.filter((name) => Object.hasOwn(value, name));
  if (hidden.length > 0) {
    const shown = () => ({ ...value, ...Object.fromEntries(hidden.map((name) => [name, '…'])) });
    Object.defineProperty(value, inspect.custom, { value: shown, enumerable: false });
  }
}

module.exports = { Caller, call, checkSignal, conceal, pages, parsed };

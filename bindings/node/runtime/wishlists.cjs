'use strict';

const { fileURLToPath } = require('node:url');
const { Operations } = require('../generated/operations.cjs');
const model = require('../generated/model.cjs');
const { Caller, conceal } = require('./caller.cjs');
const { errorOfThrown } = require('./errors.cjs');
const { Exchange } = require('./exchange.cjs');
const native = require('./native.cjs');
const { Fault, isObject } = require('./shapes.cjs');

/** Only this package makes one. */
const MADE = Symbol('made');

/** Wishlists in a file, with the whole engine in this process, or those of a server. */
class Wishlists extends Operations {
  constructor(made, native, exchange) {
    if (made !== MADE) throw new TypeError('`Wishlists` is not made by `new`; call `Wishlists.open` or `Wishlists.connect`');
    super(native, exchange);
  }

  static async open(path, options) {
    const file = path instanceof URL ? fileURLToPath(path) : path;
    if (typeof file !== 'string' || file === '') throw new TypeError(new Fault('the path of a file', path, true).told('path'));
    if (file.includes('\0')) throw new TypeError('`path` has a zero byte in it, which no file has');
    const chosen = checked(options, OPEN);
    const exchange = new Exchange();
    try {
      return new this(MADE, await native.NativeWishlists.open(file, chosen, exchange.reply), exchange);
    } catch (error) {
      throw errorOfThrown(error);
    }
  }

  static connect(url, options) {
    const address = url instanceof URL ? url.href : url;
    if (typeof address !== 'string') throw new TypeError(new Fault('a string or a URL', url).told('url'));
    const { session, rootCertificates, ...chosen } = checked(options, CONNECT);
    const exchange = new Exchange();
    const told = {
      ...chosen,
      session: session && JSON.stringify(session),
      rootCertificates: typeof rootCertificates === 'string' ? Buffer.from(rootCertificates) : rootCertificates,
    };
    return new this(MADE, thrownTyped(() => native.NativeWishlists.connect(address, told, exchange.reply)), exchange);
  }

  asUser(name) {
    const { native, exchange } = Caller.parts(this);
    if (typeof name !== 'string') throw new TypeError(new Fault('a string', name).told('name'));
    return new this.constructor(MADE, thrownTyped(() => native.asUser(name)), exchange);
  }

  session() {
    const session = Caller.parts(this).native.session();
    if (session == null) return undefined;
    const told = JSON.parse(session);
    conceal(told);
    return told;
  }

  async close() {
    const { native, exchange } = Caller.parts(this);
    await native.close();
    await exchange.end();
  }
}

// Node 20.0 to 20.3 have no such symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Wishlists.prototype, Symbol.asyncDispose, {
    value() {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

const milliseconds = (value) => (Number.isFinite(value) && value > 0 ? undefined : new Fault('a number of milliseconds above 0', value, true));
const count = (value) =>
  Number.isInteger(value) && value > 0 && value < 2 ** 31 ? undefined : new Fault('a whole number above 0', value, true);
const flag = (value) => (typeof value === 'boolean' ? undefined : new Fault('a boolean', value));
const pem = (value) =>
  typeof value === 'string' || value instanceof Uint8Array ? undefined : new Fault('PEM as a string or a Uint8Array', value);

const OPEN = { visits: flag, visitsAtOnce: count, refreshEvery: milliseconds, privateAddresses: flag };
const CONNECT = { timeout: milliseconds, tries: count, session: model.Session, rootCertificates: pem };

/** The options that were said, or what is wrong with one. */
function checked(options = {}, known) {
  if (!isObject(options)) throw new TypeError(new Fault('an object', options).told('options'));
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of said) {
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).map((name) => `\`${name}\``);
      throw new TypeError(`\`${name}\` is no option; expected ${names.join(', ')}`);
    }
    const fault = known[name](value);
    if (fault) throw new TypeError(fault.told(name));
  }
  return Object.fromEntries(said);
}

function thrownTyped(work) {
  try {
    return work();
  } catch (error) {
    throw errorOfThrown(error);
  }
}

/** What a page of a shop says, without a server and without a visit. */
function extract(html, url) {
  if (typeof html !== 'string' && !(html instanceof Uint8Array)) {
    throw new TypeError(new Fault('a string or a Uint8Array', html).told('html'));
  }
  const address = url instanceof URL ? url.href : url;
  if (typeof address !== 'string') throw new TypeError(new Fault('a string or a URL', url).told('url'));
  return JSON.parse(thrownTyped(() => native.extract(html, address)));
}

/** The price that a short text names. */
function parsePrice(text, options) {
  if (typeof text !== 'string') throw new TypeError(new Fault('a string', text).told('text'));
  const { language } = checked(options, { language: (value) => (typeof value === 'string' ? undefined : new Fault('a string', value)) });
  return JSON.parse(native.parsePrice(text, language)) ?? undefined;
}

module.exports = { Wishlists, extract, parsePrice };

'use strict';

/** A call that failed. Its class says what to do about it, `code` what the server said. */
class WishlistError extends Error {
  constructor(failure, options) {
    super(failure.message, options);
    this.kind = failure.kind;
    this.code = failure.code ?? undefined;
    this.status = failure.status ?? undefined;
    this.requestId = failure.requestId ?? undefined;
    this.fields = failure.fields ?? [];
    this.retryAfter = failure.retryAfter == null ? undefined : failure.retryAfter * 1000;
  }
}

const KINDS = [
  'Invalid', 'Unauthenticated', 'Forbidden', 'NotFound', 'Conflict', 'Stale', 'RateLimited', 'Unavailable', 'Timeout', 'Internal',
  'InvalidAnswer', 'Closed',
];

/** The classes by kind. */
const classes = Object.fromEntries(KINDS.map((kind) => {
  const name = `${kind}Error`;
  return [kind, { [name]: class extends WishlistError {} }[name]];
}));

for (const of of [WishlistError, ...Object.values(classes)]) {
  Object.defineProperty(of.prototype, 'name', { value: of.name, configurable: true, writable: true });
}

/** The error of a failure as the native part tells it. */
function errorOf(failure) {
  return new (Object.hasOwn(classes, failure.kind) ? classes[failure.kind] : WishlistError)(failure);
}

/** The error of what the native part has thrown: the message is a failure's JSON. */
function errorOfThrown(error) {
  let failure;
  try {
    failure = JSON.parse(error.message);
  } catch {
    return error;
  }
  return typeof failure?.kind === 'string' ? errorOf(failure) : error;
}

module.exports = { WishlistError, classes, errorOf, errorOfThrown };

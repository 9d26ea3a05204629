'use strict';

const { WishlistError, classes } = require('./runtime/errors.cjs');
const { Pages } = require('./runtime/pages.cjs');
const { Wishlists, extract, parsePrice } = require('./runtime/wishlists.cjs');

module.exports = {
  Wishlists,
  Pages,
  extract,
  parsePrice,
  WishlistError,
  InvalidError: classes.Invalid,
  UnauthenticatedError: classes.Unauthenticated,
  ForbiddenError: classes.Forbidden,
  NotFoundError: classes.NotFound,
  ConflictError: classes.Conflict,
  StaleError: classes.Stale,
  RateLimitedError: classes.RateLimited,
  UnavailableError: classes.Unavailable,
  TimeoutError: classes.Timeout,
  InternalError: classes.Internal,
  InvalidAnswerError: classes.InvalidAnswer,
  ClosedError: classes.Closed,
};

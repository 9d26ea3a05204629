// The same module as `require` gives, so that a class is one class however it was loaded.
import module from './index.cjs';

export const {
  Wishlists,
  Pages,
  extract,
  parsePrice,
  WishlistError,
  InvalidError,
  UnauthenticatedError,
  ForbiddenError,
  NotFoundError,
  ConflictError,
  StaleError,
  RateLimitedError,
  UnavailableError,
  TimeoutError,
  InternalError,
  InvalidAnswerError,
  ClosedError,
} = module;

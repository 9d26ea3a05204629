/// <reference lib="esnext.disposable" />

import type { Operations } from './generated/operations.cjs';
import type { Currency, ProductPreview, Session } from './generated/model.cjs';

export type * from './generated/model.cjs';
export type * from './generated/operations.cjs';
export { Pages } from './runtime/pages.cjs';

/** How a file of wishlists is opened. */
export interface OpenOptions {
  /** Whether pages are visited; true by default. Without it items stay `pending` until another process over the file visits them. */
  visits?: boolean | undefined;
  /** The most pages visited at once; 8 by default. */
  visitsAtOnce?: number | undefined;
  /** How often prices are looked up again, in milliseconds; never by default. */
  refreshEvery?: number | undefined;
  /**
   * Whether pages of this machine and of the networks around it may be visited. Whoever can add an item could then make this
   * machine call the machines around it, so it is for development.
   */
  privateAddresses?: boolean | undefined;
}

/** How a server is called. */
export interface ConnectOptions {
  /** How long a call may take, its tries included, in milliseconds; a minute by default. */
  timeout?: number | undefined;
  /** How often a call is tried at most; five times by default. */
  tries?: number | undefined;
  /** A session from before, as `session()` told it. */
  session?: Session | undefined;
  /** Certificates that are trusted beside Mozilla's, PEM. */
  rootCertificates?: string | Uint8Array | undefined;
}

/**
 * Wishlists in a file, with the whole engine in this process, or those of a server. Both take the same calls.
 *
 * It keeps no process alive by itself; a call under way does.
 */
export declare class Wishlists extends Operations implements AsyncDisposable {
  private constructor();

  /**
   * Opens a file of wishlists, or makes it. Several processes may have it open. Calls are nobody's until `asUser` says whose, or
   * somebody signs in. Rejects with an `InvalidError` for a file that is not ours or is of a newer version, and with an
   * `UnavailableError` for a place that cannot be written.
   */
  static open(path: string | URL, options?: OpenOptions): Promise<Wishlists>;

  /** Calls the server at `url`. Nothing is sent yet. Throws an `InvalidError` for what is no address of a server. */
  static connect(url: string | URL, options?: ConnectOptions): Wishlists;

  /**
   * The same wishlists, called as this person: a name of your program's own, which is not looked up anywhere. It shares the file
   * with the one it was made of, and closing one closes both. It may read and write the file at once, on this thread; so make it
   * once for each person or request, not for each call.
   */
  asUser(name: string): Wishlists;

  /** The tokens of whoever signed in, to be kept and handed to `connect` later. They are not shown by `console.log`. */
  session(): Session | undefined;

  /** Takes no more calls, lets visits under way finish for up to eight seconds, and closes the file. Again is the same. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** What the page of a shop says, without a server and without a visit. Throws an `InvalidError` for what is no address. */
export declare function extract(html: string | Uint8Array, url: string | URL): ProductPreview;

/** A price as a text names it. */
export interface ParsedPrice {
  /** Digits, and after a point the decimals: never a float. */
  amount: string;
  /** The currency by ISO 4217, where the text or the language tells it. */
  currency?: Currency | undefined;
}

/** The price that a short text names, if it does. `language` (BCP 47, such as `de-CH`) tells what signs of it mean. */
export declare function parsePrice(text: string, options?: { language?: string | undefined }): ParsedPrice | undefined;

/** A field that was refused. */
export interface RefusedField {
  /** Where it is in what was sent, a JSON pointer. */
  pointer: string;
  /** What was expected. */
  detail: string;
}

/** A call that failed. Its class says what to do about it. */
export declare class WishlistError extends Error {
  /** The class's name without `Error`, such as `NotFound`. */
  readonly kind: string;
  /** The server's code, such as `not_found`; absent where no server of this API answered. */
  readonly code: string | undefined;
  /** The status of the answer. */
  readonly status: number | undefined;
  /** The name of the request, to be told to whoever runs the server. */
  readonly requestId: string | undefined;
  /** The fields that were refused. */
  readonly fields: RefusedField[];
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
}

/** Correct what was sent: `fields` names it. */
export declare class InvalidError extends WishlistError {}
/** Sign in. */
export declare class UnauthenticatedError extends WishlistError {}
/** It is not for this caller. */
export declare class ForbiddenError extends WishlistError {}
/** There is no such record, or it is somebody else's. */
export declare class NotFoundError extends WishlistError {}
/** It does not go with what is there; `code` says more. */
export declare class ConflictError extends WishlistError {}
/** The record was changed since it was read: read it again. */
export declare class StaleError extends WishlistError {}
/** Too many calls: wait for `retryAfter`. */
export declare class RateLimitedError extends WishlistError {}
/** The server cannot at the moment, or was not reached; tries were made until the deadline. */
export declare class UnavailableError extends WishlistError {}
/** The deadline passed. What became of a call that changes something is not known. */
export declare class TimeoutError extends WishlistError {}
/** The server failed: tell whoever runs it the `requestId`. */
export declare class InternalError extends WishlistError {}
/** What answered does not speak this API: a redirect, a page of a proxy, a body that is none or too large. */
export declare class InvalidAnswerError extends WishlistError {}
/** What is called was closed: open it again. */
export declare class ClosedError extends WishlistError {}

'use strict';

const { errorOf } = require('./errors.cjs');

/** The pages of a listing, one after the other: each is asked for when it is iterated to. Iterated again, it begins again. */
class Pages {
  #ask;
  #cursor;

  constructor(ask, cursor) {
    this.#ask = ask;
    this.#cursor = cursor;
  }

  async *[Symbol.asyncIterator]() {
    let cursor = this.#cursor;
    do {
      const page = await this.#ask(cursor);
      if (page.nextCursor !== undefined && page.nextCursor === cursor) {
        throw errorOf({
          kind: 'InvalidAnswer',
          message: "the server's `nextCursor` is the cursor that was sent; the listing would have no end",
        });
      }
      yield page;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** What the pages hold, one by one. */
  async *items() {
    for await (const page of this) yield* page.items;
  }
}

module.exports = { Pages };

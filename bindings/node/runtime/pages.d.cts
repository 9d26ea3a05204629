/** The pages of a listing, one after the other: each is asked for when it is iterated to. Iterated again, it begins again. */
export declare class Pages<Page, Item> implements AsyncIterable<Page> {
  private constructor();

  [Symbol.asyncIterator](): AsyncGenerator<Page, void, undefined>;

  /** What the pages hold, one by one. */
  items(): AsyncGenerator<Item, void, undefined>;
}

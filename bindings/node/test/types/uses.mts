// What a program in TypeScript writes. It is only compiled: what is marked as an error has to be one.

import { InvalidError, NotFoundError, StaleError, WishlistError, Wishlists, extract, parsePrice } from 'smart-wishlist';
import type { Exported, Item, ItemDraft, ItemStatus, ListItemsOptions, Money, Session } from 'smart-wishlist';

export async function uses(signal: AbortSignal): Promise<string[]> {
  await using wishlists = await Wishlists.open('wishlists.db', { visits: false, visitsAtOnce: 4 });
  const alice: Wishlists = wishlists.asUser('alice');
  const { id, eventDate } = await alice.createWishlist({ name: 'Birthday', currency: 'EUR' }, { key: 'once', signal });
  const day: string | undefined = eventDate;
  const draft: ItemDraft = { url: 'https://shop.example/kettle', price: { amount: '19.99', currency: 'EUR' } };
  const item: Item = await alice.addItem(id, draft, { signal });
  await alice.updateItem(id, item.id, draft, { ifVersion: item.version });
  const done: void = await alice.removeItem(id, item.id);
  const options: ListItemsOptions = { limit: 10, sort: 'price', status: 'ready' };
  const titles: string[] = [];
  for await (const page of alice.listItemsPages(id, options)) titles.push(page.items[0]?.title ?? '', page.nextCursor ?? '');
  for await (const { title, price } of alice.listItemsPages(id).items()) titles.push(title ?? '', amount(price));
  titles.push(day ?? '', String(done));
  return titles;
}

function amount(price: Money | undefined): string {
  return price === undefined ? '' : `${price.amount} ${price.currency}`;
}

export function word(status: ItemStatus): string {
  switch (status) {
    case 'ready':
      return 'it was read';
    default:
      return status;
  }
}

export function exported(record: Exported): string {
  return record.kind === 'account' ? record.account.userId : record.kind;
}

export async function failing(session: Session): Promise<number | undefined> {
  const wishlists = Wishlists.connect(new URL('https://wishlist.example'), { timeout: 5_000, tries: 2, session });
  try {
    await wishlists.findMe();
  } catch (error) {
    if (error instanceof InvalidError) return error.fields.findIndex(({ pointer }) => pointer === '/name');
    if (error instanceof NotFoundError || error instanceof StaleError) return error.status;
    if (error instanceof WishlistError) return error.retryAfter;
    throw error;
  }
  const kept: Session | undefined = wishlists.session();
  return kept?.expiresIn;
}

export function pure(page: Uint8Array): string | undefined {
  const { product, sources } = extract(page, 'https://shop.example/kettle');
  const source: string | undefined = sources.price;
  const price: Money | undefined = product.price;
  return parsePrice('19,99 €', { language: 'de' })?.amount ?? source ?? price?.amount;
}

export async function wrong(wishlists: Wishlists): Promise<void> {
  // @ts-expect-error an amount is a text
  await wishlists.addItem('id', { price: { amount: 19.99, currency: 'EUR' } });
  // @ts-expect-error there is no such member
  await wishlists.addItem('id', { titel: 'Kettle' });
  // @ts-expect-error a draft is needed
  await wishlists.addItem('id');
  // @ts-expect-error a listing is under no key
  await wishlists.listItems('id', { key: 'once' });
  // @ts-expect-error a listing that has no pages
  wishlists.findItemPages('id');
  // @ts-expect-error only `open` and `connect` make one
  new Wishlists();
}

// What a program gets wrong: an error that names the argument, before anything is sent, and the file stays usable.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';

import { ClosedError, InvalidError, Pages, UnavailableError, Wishlists, extract, parsePrice } from 'smart-wishlist';

import { ITEM, LIST, answering, json } from './loopback.mjs';
import { directory, opened } from './places.mjs';

/** Whether it is a `TypeError` that says this. */
const typeError = (message) => (error) => {
  assert.ok(error instanceof TypeError, error.stack);
  assert.equal(error.message, message);
  return true;
};

test('an argument of a wrong type is named before anything is sent', async (t) => {
  const { url, requests } = await answering(t, (_, response) => json(response, 200, ITEM));
  const wishlists = Wishlists.connect(url);
  t.after(() => wishlists.close());
  const draft = { title: 'Socks' };
  const circle = { title: 'Socks' };
  circle.itself = circle;
  const rows = [
    [() => wishlists.addItem(), '`wishlistId` is missing; expected a UUID'],
    [() => wishlists.addItem(5, draft), '`wishlistId` is 5; expected a UUID'],
    [() => wishlists.addItem('../me', draft), '`wishlistId` is "../me"; expected a UUID'],
    [() => wishlists.addItem(LIST), '`itemDraft` is missing; expected an object'],
    [() => wishlists.addItem(LIST, 'Socks'), '`itemDraft` is a string; expected an object'],
    [() => wishlists.addItem(LIST, [draft]), '`itemDraft` is an array; expected an object'],
    [() => wishlists.addItem(LIST, { title: 5 }), '`itemDraft.title` is a number; expected a string'],
    [() => wishlists.addItem(LIST, { title: null }), '`itemDraft.title` is null; expected a string'],
    [() => wishlists.addItem(LIST, { quantity: 1.5 }), '`itemDraft.quantity` is 1.5; expected a whole number of 32 bits'],
    [() => wishlists.addItem(LIST, { price: { amount: 19.99, currency: 'EUR' } }), '`itemDraft.price.amount` is a number; expected a string'],
    [() => wishlists.addItems(LIST, { items: [draft, 7] }), '`itemBatch.items[1]` is a number; expected an object'],
    [() => wishlists.createWishlist({ name: 'a', eventDate: new Date(0) }), '`newWishlist.eventDate` is an object (Date); expected a day such as "2027-05-14"'],
    [() => wishlists.signIn({ email: 'a', password: ['secret'] }), '`credentials.password` is an array; expected a string'],
    [() => wishlists.addItem(LIST, draft, null), '`options` is null; expected an object'],
    [() => wishlists.addItem(LIST, draft, { key: 5 }), '`key` is a number; expected a string'],
    [() => wishlists.addItem(LIST, draft, { ifVersion: 5 }), '`ifVersion` is no option of this call; expected `key`, `signal`'],
    [() => wishlists.updateItem(LIST, ITEM.id, draft, { ifVersion: '5' }), '`ifVersion` is "5"; expected a version'],
    [() => wishlists.listItems(LIST, { limit: '5' }), '`limit` is "5"; expected a whole number of 32 bits'],
    [() => wishlists.listItems(LIST, { status: 5 }), '`status` is a number; expected a string'],
    [() => wishlists.listPrices(LIST, ITEM.id, { from: new Date() }), '`from` is an object (Date); expected a moment such as "2027-05-14T09:00:00Z"'],
    [() => wishlists.listItems(LIST, { sginal: 1 }), '`sginal` is no option of this call; expected `limit`, `cursor`, `status`, `state`, `sort`, `wait`, `signal`'],
    [() => wishlists.listItems(LIST, { signal: 5 }), '`signal` is a number; expected an AbortSignal'],
    [() => wishlists.addItem(LIST, circle), /^`itemDraft` cannot be written as JSON: /],
  ];
  for (const [call, message] of rows) {
    const expected = typeof message === 'string' ? typeError(message) : (error) => error instanceof TypeError && message.test(error.message);
    await assert.rejects(call(), expected);
  }
  assert.equal(requests.length, 0);
});

test('what is called at once throws at once', async (t) => {
  const wishlists = await opened(t);
  const rows = [
    [() => new Wishlists(), '`Wishlists` is not made by `new`; call `Wishlists.open` or `Wishlists.connect`'],
    [() => Wishlists.connect(), '`url` is missing; expected a string or a URL'],
    [() => Wishlists.connect('https://a.example', { timeout: '5s' }), '`timeout` is "5s"; expected a number of milliseconds above 0'],
    [() => Wishlists.connect('https://a.example', { tries: 0 }), '`tries` is 0; expected a whole number above 0'],
    [() => Wishlists.connect('https://a.example', { retries: 1 }), '`retries` is no option; expected `timeout`, `tries`, `session`, `rootCertificates`'],
    [() => Wishlists.connect('https://a.example', { session: 'token' }), '`session` is a string; expected an object'],
    [() => wishlists.asUser(), '`name` is missing; expected a string'],
    [() => wishlists.listItemsPages('x'), '`wishlistId` is "x"; expected a UUID'],
    [() => extract(5, 'https://a.example'), '`html` is a number; expected a string or a Uint8Array'],
    [() => extract('', 5), '`url` is a number; expected a string or a URL'],
    [() => parsePrice(5), '`text` is a number; expected a string'],
    [() => parsePrice('5', { language: 5 }), '`language` is a number; expected a string'],
  ];
  for (const [call, message] of rows) assert.throws(call, typeError(message));
  await assert.rejects((0, wishlists.listWishlists)(), TypeError);
  await assert.rejects(Wishlists.open(), typeError('`path` is missing; expected the path of a file'));
  await assert.rejects(Wishlists.open('a\0b'), TypeError);
  await assert.rejects(Wishlists.open('a.db', { visits: 1 }), typeError('`visits` is a number; expected a boolean'));
});

test('what is of the right type and wrong is told by its name', async (t) => {
  const invalid = (name) => (error) => error instanceof InvalidError && error.message.includes(name);
  for (const url of ['', 'wishlist.example', 'ftp://wishlist.example']) {
    assert.throws(() => Wishlists.connect(url), (error) => error instanceof InvalidError, url);
  }
  assert.throws(() => Wishlists.connect('https://a.example', { rootCertificates: 'none' }), InvalidError);
  const wishlists = await opened(t);
  assert.throws(() => wishlists.asUser(''), invalid('`name`'));
  const remote = Wishlists.connect('https://a.example');
  assert.throws(() => remote.asUser('alice'), invalid('`as_user`'));
  await remote.close();
  assert.throws(() => extract('', 'shop.example'), invalid('`url`'));
  const refused = wishlists.asUser('alice').createWishlist({ name: '' });
  await assert.rejects(refused, (error) => error instanceof InvalidError && error.fields[0].pointer === '/name');
});

test('a place that cannot be written, or of another kind, is told', async (t) => {
  const place = await directory(t);
  await assert.rejects(Wishlists.open(place), UnavailableError);
  await assert.rejects(Wishlists.open(pathToFileURL(place)), UnavailableError);
  const other = join(place, 'other.db');
  await writeFile(other, 'It is a truth universally acknowledged, that this is no file of wishlists. '.repeat(40));
  await assert.rejects(Wishlists.open(other), InvalidError);
  await assert.rejects(Wishlists.open(join(other, 'wishlists.db')), UnavailableError);
});

test('what is closed says so, and the file can be opened again', async (t) => {
  const path = join(await directory(t), 'wishlists.db');
  const wishlists = await Wishlists.open(path, { visits: false });
  const alice = wishlists.asUser('alice');
  const { id } = await alice.createWishlist({ name: 'Birthday' });
  await wishlists.close();
  await wishlists.close();
  await assert.rejects(wishlists.findHealth(), ClosedError);
  await assert.rejects(alice.listItems(id), ClosedError);
  assert.throws(() => wishlists.asUser('alice'), ClosedError);
  const pages = alice.listItemsPages(id);
  await assert.rejects(pages.items().next(), ClosedError);
  assert.ok(pages instanceof Pages);
  const again = await Wishlists.open(pathToFileURL(path), { visits: false });
  assert.equal((await again.asUser('alice').findWishlist(id)).name, 'Birthday');
  await again[Symbol.asyncDispose]();
  await assert.rejects(again.findHealth(), ClosedError);
});

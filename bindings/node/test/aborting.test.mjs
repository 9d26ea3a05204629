// Calls that are given up.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';

import { Wishlists } from 'smart-wishlist';

import { ITEM, LIST, answering, json } from './loopback.mjs';
import { opened, served } from './places.mjs';

test('a call that is aborted rejects with the reason and is given up', async (t) => {
  let gone;
  const isGone = new Promise((resolve) => (gone = resolve));
  const arrived = Promise.withResolvers?.() ?? deferred();
  const url = await served(t, (request) => {
    request.socket.on('close', gone);
    arrived.resolve();
  });
  const wishlists = Wishlists.connect(url);
  t.after(() => wishlists.close());
  const controller = new AbortController();
  const call = wishlists.listItems(LIST, { signal: controller.signal });
  await arrived.promise;
  const reason = new Error('nobody waits any more');
  controller.abort(reason);
  await assert.rejects(call, (error) => error === reason);
  // The connection of the call ends with it.
  await isGone;
});

test('without a reason it rejects as fetch does', async (t) => {
  const wishlists = await opened(t);
  const controller = new AbortController();
  const call = wishlists.asUser('alice').createWishlist({ name: 'Birthday' }, { signal: controller.signal });
  controller.abort();
  await assert.rejects(call, (error) => error.name === 'AbortError');
  await assert.rejects(wishlists.findHealth({ signal: AbortSignal.abort('over') }), (error) => error === 'over');
  // The file is as usable as before.
  assert.deepEqual(await wishlists.findHealth(), { status: 'ok' });
});

test('a signal is let go of once the call has ended, however it ended', async (t) => {
  const { url } = await answering(t, (_, response, attempt) => {
    if (attempt === 0) json(response, 200, { items: [ITEM] });
    else response.writeHead(404).end();
  });
  const wishlists = Wishlists.connect(url);
  t.after(() => wishlists.close());
  const { signal } = new AbortController();
  await wishlists.listItems(LIST, { signal });
  await assert.rejects(wishlists.listItems(LIST, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a walk over pages ends with its signal', async (t) => {
  const { url, requests } = await answering(t, (_, response, attempt) => json(response, 200, { items: [ITEM], nextCursor: `${attempt}` }));
  const wishlists = Wishlists.connect(url);
  t.after(() => wishlists.close());
  const controller = new AbortController();
  const walking = async () => {
    for await (const page of wishlists.listItemsPages(LIST, { signal: controller.signal })) {
      if (page.nextCursor === '2') controller.abort();
    }
  };
  await assert.rejects(walking(), (error) => error.name === 'AbortError');
  assert.equal(requests.length, 3);
});

function deferred() {
  let resolve;
  const promise = new Promise((of) => (resolve = of));
  return { promise, resolve };
}

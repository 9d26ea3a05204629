// Servers that fail: a typed error or the right answer, and never a second write.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import {
  InternalError, InvalidAnswerError, InvalidError, NotFoundError, RateLimitedError, TimeoutError, UnavailableError, WishlistError, Wishlists,
} from 'smart-wishlist';

import { answering, ITEM, json, LIST, problem, SESSION } from './loopback.mjs';

/** A client of a server that answers like this. */
async function calling(t, answer, options = { timeout: 5_000 }) {
  const { url, requests } = await answering(t, answer);
  const wishlists = Wishlists.connect(url, options);
  t.after(() => wishlists.close());
  return { wishlists, requests };
}

test('a server that fails and then answers has one call', async (t) => {
  const { wishlists, requests } = await calling(t, (_, response, attempt) => {
    if (attempt < 2) problem(response, 503, 'unavailable');
    else json(response, 201, ITEM);
  });
  assert.deepEqual(await wishlists.addItem(LIST, { title: 'Socks' }), ITEM);
  assert.equal(requests.length, 3);
  const keys = new Set(requests.map((request) => request.headers['idempotency-key']));
  assert.equal(keys.size, 1);
  assert.ok(![...keys].includes(undefined), 'the tries of a call have a name');
});

test('a server that goes on failing is told as that', async (t) => {
  const { wishlists, requests } = await calling(t, (_, response) => problem(response, 500, 'internal'), { tries: 2 });
  await assert.rejects(wishlists.listItems(LIST), (error) => {
    assert.ok(error instanceof InternalError && error instanceof WishlistError && error instanceof Error);
    const { name, code, status, requestId, message } = error;
    assert.deepEqual(
      { name, code, status, requestId, message },
      { name: 'InternalError', code: 'internal', status: 500, requestId: 'request-1', message: 'it is internal' },
    );
    return true;
  });
  assert.ok(requests.length <= 2);
});

test('a lost reply of a call that has no name is no second call', async (t) => {
  const { wishlists, requests } = await calling(t, (request) => request.socket.destroy());
  const credentials = { email: 'alice@example.com', password: 'correct horse battery staple' };
  await assert.rejects(wishlists.signUp(credentials), UnavailableError);
  assert.equal(requests.length, 1);
  assert.deepEqual(JSON.parse(requests[0].body), credentials);
});

test('an update under a version is not sent again once it is not known what became of it', async (t) => {
  const { wishlists, requests } = await calling(t, (request) => request.socket.destroy());
  await assert.rejects(wishlists.updateItem(LIST, ITEM.id, { title: 'Socks' }, { ifVersion: 7 }), UnavailableError);
  assert.deepEqual(requests.map((request) => request.headers['if-match']), ['"7"']);
});

test('a server that is called too often is waited for', async (t) => {
  const { wishlists, requests } = await calling(t, (_, response, attempt) => {
    if (attempt === 0) problem(response, 429, 'rate_limited', {}, { 'retry-after': '1' });
    else json(response, 200, { items: [ITEM] });
  });
  const began = performance.now();
  assert.deepEqual(await wishlists.listItems(LIST), { items: [ITEM] });
  assert.ok(performance.now() - began > 900);
  assert.equal(requests.length, 2);
});

test('and not for longer than the call may take', async (t) => {
  const answer = (_, response) => problem(response, 429, 'rate_limited', {}, { 'retry-after': '30' });
  const { wishlists, requests } = await calling(t, answer, { timeout: 2_000 });
  await assert.rejects(wishlists.listItems(LIST), (error) => error instanceof RateLimitedError && error.retryAfter === 30_000);
  assert.equal(requests.length, 1);
});

test('half a body is asked for again', async (t) => {
  const { wishlists, requests } = await calling(t, (_, response, attempt) => {
    if (attempt > 0) return json(response, 200, ITEM);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"id":');
    return setTimeout(() => response.destroy(), 50);
  });
  assert.deepEqual(await wishlists.findItem(LIST, ITEM.id), ITEM);
  assert.equal(requests.length, 2);
});

test('a body that does not end is waited for until the deadline', async (t) => {
  const answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  const { wishlists } = await calling(t, answer, { timeout: 500 });
  const began = performance.now();
  await assert.rejects(wishlists.listItems(LIST), TimeoutError);
  assert.ok(performance.now() - began < 3_000);
});

test('a redirect is told and not followed', async (t) => {
  const { wishlists, requests } = await calling(t, (request, response) => response.writeHead(307, { location: 'https://other.example/secret' }).end());
  await assert.rejects(wishlists.addItem(LIST, { title: 'Socks' }), (error) => {
    assert.ok(error instanceof InvalidAnswerError && error.status === 307, error.message);
    assert.ok(error.message.includes('`https://other.example`') && !error.message.includes('secret'), error.message);
    return true;
  });
  assert.equal(requests.length, 1);
});

test('what is no answer of this API is told as that', async (t) => {
  const bodies = [
    ['<h1>Welcome to the network</h1>', /no JSON/],
    ['', /no JSON/],
    [Buffer.from([0x22, 0xff, 0x22]), /no JSON/],
    ['null', /`answer` is null; expected an object/],
    ['[]', /`answer` is an array; expected an object/],
    ['{"items":{}}', /`answer.items` is an object \(Object\); expected an array/],
    [JSON.stringify({ items: [ITEM, { ...ITEM, quantity: 1.5 }] }), /`answer.items\[1\].quantity` is 1.5; expected a whole number/],
    [JSON.stringify({ items: [{ ...ITEM, id: undefined }] }), /`answer.items\[0\].id` is missing; expected a UUID/],
  ];
  let body;
  const { wishlists } = await calling(t, (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  for (const [told, expected] of bodies) {
    body = told;
    await assert.rejects(wishlists.listItems(LIST), (error) => {
      assert.ok(error instanceof InvalidAnswerError, `${told}: ${error.stack}`);
      assert.match(error.message, expected);
      return true;
    });
  }
});

test('a problem names what was refused', async (t) => {
  const errors = [{ pointer: '/title', detail: 'at most 500 characters' }];
  const { wishlists } = await calling(t, (_, response) => problem(response, 400, 'invalid', { errors }));
  await assert.rejects(wishlists.addItem(LIST, { title: 'Socks' }), (error) => {
    assert.ok(error instanceof InvalidError);
    assert.deepEqual(error.fields, errors);
    return true;
  });
});

test('a code of a newer server has the class of its status', async (t) => {
  const { wishlists } = await calling(t, (_, response) => problem(response, 404, 'out_of_paper'));
  await assert.rejects(wishlists.findItem(LIST, ITEM.id), (error) => error instanceof NotFoundError && error.code === 'out_of_paper');
});

test('words and members of a newer server do not make an answer unreadable', async (t) => {
  const newer = { ...ITEM, status: 'hibernating', availability: 'onTheMoon', wrapping: { colour: 'red' } };
  const { wishlists } = await calling(t, (_, response) => json(response, 200, { items: [newer], wrappings: 1 }));
  assert.deepEqual((await wishlists.listItems(LIST)).items, [newer]);
  const { wishlists: exporting } = await calling(t, (_, response) => json(response, 200, { items: [{ kind: 'wrapping', colour: 'red' }] }));
  assert.deepEqual((await exporting.exportMe()).items, [{ kind: 'wrapping', colour: 'red' }]);
});

test('a listing that has no end is told as that', async (t) => {
  const { wishlists, requests } = await calling(t, (_, response) => json(response, 200, { items: [ITEM], nextCursor: 'same' }));
  const walking = async () => {
    for await (const page of wishlists.listItemsPages(LIST)) assert.equal(page.items.length, 1);
  };
  await assert.rejects(walking(), InvalidAnswerError);
  assert.equal(requests.length, 2);
});

test('a page is asked for when it is iterated to, and again from the beginning', async (t) => {
  const { wishlists, requests } = await calling(t, (request, response) => {
    const isSecond = request.url.includes('cursor=2');
    json(response, 200, { items: [{ ...ITEM, title: isSecond ? 'b' : 'a' }], ...(!isSecond && { nextCursor: '2' }) });
  });
  const pages = wishlists.listItemsPages(LIST, { limit: 1, sort: 'price' });
  assert.equal(requests.length, 0);
  for await (const item of pages.items()) {
    assert.equal(item.title, 'a');
    break;
  }
  assert.deepEqual(requests.map((request) => request.url), [`/v1/wishlists/${LIST}/items?limit=1&sort=price`]);
  const titles = [];
  for await (const { title } of pages.items()) titles.push(title);
  assert.deepEqual(titles, ['a', 'b']);
  assert.equal(requests.at(-1).url, `/v1/wishlists/${LIST}/items?limit=1&cursor=2&sort=price`);
});

test('tokens are kept, and not shown', async (t) => {
  const { wishlists, requests } = await calling(t, (request, response) => {
    json(response, 200, request.url.endsWith('/sign-in') ? SESSION : { items: [] });
  });
  const session = await wishlists.signIn({ email: 'alice@example.com', password: 'correct horse battery staple' });
  assert.deepEqual(session, SESSION);
  assert.deepEqual(wishlists.session(), SESSION);
  for (const shown of [session, wishlists.session(), { nested: [session] }, wishlists]) {
    assert.ok(!inspect(shown, { depth: 9, showHidden: false }).includes('secret-'), inspect(shown));
  }
  const kept = JSON.parse(JSON.stringify(wishlists.session()));
  const later = Wishlists.connect(`http://${requests[0].headers.host}`, { session: kept });
  t.after(() => later.close());
  await later.listWishlists();
  assert.equal(requests.at(-1).headers.authorization, 'Bearer secret-access');
});

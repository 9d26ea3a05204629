// The calls and answers that every language plays.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Wishlists, WishlistError } from 'smart-wishlist';

import { opened, shop } from './places.mjs';

const { steps } = JSON.parse(await readFile(new URL('../../scenario.json', import.meta.url), 'utf8'));
const server = process.env.WISHLIST_TEST_SERVER;

test('the scenario, embedded', async (t) => {
  const wishlists = await opened(t, { privateAddresses: true });
  await play(t, async (name) => (name === undefined ? wishlists : wishlists.asUser(name)));
});

test('the scenario, of a server', { skip: server === undefined && 'no server is named by WISHLIST_TEST_SERVER' }, async (t) => {
  await play(t, async (name) => {
    const wishlists = Wishlists.connect(server);
    t.after(() => wishlists.close());
    if (name !== undefined) await signIn(wishlists, name);
    return wishlists;
  });
});

async function signIn(wishlists, name) {
  const credentials = { email: `${name}-${randomUUID()}@example.com`, password: 'correct horse battery staple' };
  const { confirmationRequired } = await wishlists.signUp(credentials);
  if (confirmationRequired) await wishlists.confirmSignUp({ email: credentials.email, code: process.env.WISHLIST_TEST_CODE });
  await wishlists.signIn(credentials);
}

async function play(t, clientOf) {
  const kept = { shop: await shop(t) };
  const clients = new Map();
  for (const step of steps) {
    // What follows uses what was kept, so the first failure ends it.
    let isPlayed = false;
    await t.test(step.says, async () => {
      if (!clients.has(step.as)) clients.set(step.as, await clientOf(step.as));
      await playStep(clients.get(step.as), step, kept);
      isPlayed = true;
    });
    if (!isPlayed) return;
  }
}

async function playStep(client, step, kept) {
  const { path = {}, query, key, version, body } = filled(step, kept);
  const options = { ...query, ...(key !== undefined && { key }), ...(version !== undefined && { ifVersion: version }) };
  const given = [...Object.values(path), ...(body === undefined ? [] : [body]), options];
  const method = step.call.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  if (step.error) {
    await assert.rejects(client[method](...given), (error) => isExpected(error, step.error));
    return;
  }
  if (step.pages) {
    const items = [];
    for await (const item of client[`${method}Pages`](...given).items()) items.push(item);
    if (step.items === 'any') assert.notEqual(items.length, 0);
    else assertHolds(items, filled(step.items, kept), '');
    return;
  }
  const answer = await client[method](...given);
  if (step.answer !== undefined) assertHolds(answer, filled(step.answer, kept), '');
  for (const [name, pointer] of Object.entries(step.keep ?? {})) {
    kept[name] = at(answer, pointer);
    assert.notEqual(kept[name], undefined, `there is nothing at ${pointer}`);
  }
}

function isExpected(error, expected) {
  assert.ok(error instanceof WishlistError, error.stack);
  const { kind, code, status } = error;
  assert.deepEqual({ kind, code, status }, { kind: expected.kind, code: expected.code, status: expected.status });
  assert.equal(error.name, `${expected.kind}Error`);
  for (const pointer of expected.pointers ?? []) assert.ok(error.fields.some((field) => field.pointer === pointer), pointer);
  return true;
}

/** The same with what was kept in place of `{name}`. */
function filled(value, kept) {
  if (typeof value === 'string') {
    const whole = /^\{(\w+)\}$/.exec(value);
    if (whole && whole[1] in kept) return kept[whole[1]];
    return value.replace(/\{(\w+)\}/g, (all, name) => (name in kept ? kept[name] : all));
  }
  if (Array.isArray(value)) return value.map((of) => filled(of, kept));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, filled(of, kept)]));
  }
  return value;
}

/** Objects hold at least what is expected, lists element by element, everything else is the same. */
function assertHolds(found, expected, place) {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(found), `${place} is no list`);
    assert.equal(found.length, expected.length, `${place} has so many`);
    expected.forEach((of, index) => assertHolds(found[index], of, `${place}/${index}`));
  } else if (typeof expected === 'object' && expected !== null) {
    assert.equal(typeof found, 'object', `${place} is no object`);
    for (const [name, of] of Object.entries(expected)) assertHolds(found[name], of, `${place}/${name}`);
  } else {
    assert.equal(found, expected, place);
  }
}

function at(value, pointer) {
  return pointer.split('/').slice(1).reduce((of, name) => of?.[name], value);
}

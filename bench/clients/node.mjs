// Measures the npm package against what one would write without it: Node's fetch, and zod for the same types.
//
//     node bench/clients/node.mjs [http://127.0.0.1:3000]
//
// Run it where `smart-wishlist` and `zod` are installed. With the address of a server that limits no calls
// (`serve --calls-per-second 0`) it measures that as well. Both sides take turns, so that what else the machine does is
// shared by both; it makes at most 30,000 calls and takes at most a minute.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Wishlists } from 'smart-wishlist';
import { z } from 'zod';

const ITEMS = 50;
const ROUNDS = 12;
/** How long each side has in a round, in milliseconds, and its most calls. */
const TURN = 700;
const MOST_CALLS = 400;
const AT_ONCE = 8;

// The types of the contract as one writes them by hand.
const Money = z.object({ amount: z.string(), currency: z.string() });
const Item = z.object({
  id: z.uuid(),
  wishlistId: z.uuid(),
  title: z.string().optional(),
  url: z.string().optional(),
  canonicalUrl: z.string().optional(),
  duplicateOf: z.uuid().optional(),
  note: z.string().optional(),
  description: z.string().optional(),
  imageUrl: z.string().optional(),
  images: z.array(z.string()).optional(),
  brand: z.string().optional(),
  siteName: z.string().optional(),
  gtin: z.string().optional(),
  sku: z.string().optional(),
  availability: z.string().optional(),
  price: Money.optional(),
  listPrice: Money.optional(),
  targetPrice: Money.optional(),
  priority: z.int().optional(),
  quantity: z.int(),
  state: z.string(),
  rank: z.string(),
  status: z.string(),
  failure: z.object({ code: z.string(), retryable: z.boolean() }).partial().optional(),
  sources: z.record(z.string(), z.string()),
  checkedAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int(),
});
const ItemPage = z.object({ items: z.array(Item), nextCursor: z.string().optional() });

const rows = [];
const server = process.argv[2] ?? process.env.WISHLIST_TEST_SERVER;
rows.push(['import', `${importTime()} ms`, '', '']);
rows.push(['native part', `${(nativeSize() / 1e6).toFixed(1)} MB`, '', '']);
await embedded();
if (server) await remote(server);
show([['', 'smart-wishlist', 'fetch and zod', 'times'], ...rows]);

async function embedded() {
  const place = mkdtempSync(join(tmpdir(), 'smart-wishlist-'));
  const wishlists = await Wishlists.open(join(place, 'wishlists.db'), { visits: false });
  try {
    const alice = wishlists.asUser('alice');
    const { list, items } = await filled(alice);
    const sides = { listItems: () => alice.listItems(list), findItem: () => alice.findItem(list, items[0]), findHealth: () => alice.findHealth() };
    for (const [name, of] of Object.entries(turns(await measured(sides, 1)))) rows.push([`embedded ${name}, p50`, `${micros(of.p50)} µs`, '', '']);
  } finally {
    await wishlists.close();
    rmSync(place, { recursive: true });
  }
}

async function remote(url) {
  const wishlists = Wishlists.connect(url);
  const credentials = { email: `bench-${randomUUID()}@example.com`, password: 'correct horse battery staple' };
  await wishlists.signUp(credentials);
  const { accessToken } = await wishlists.signIn(credentials);
  const { list, items } = await filled(wishlists);
  const headers = { authorization: `Bearer ${accessToken}` };
  const get = async (path, type) => {
    const response = await fetch(url + path, { headers });
    if (!response.ok) throw new Error(`${path} is answered by ${response.status}`);
    return type.parse(await response.json());
  };
  const calls = {
    [`listItems of ${ITEMS}`]: [() => wishlists.listItems(list), () => get(`/v1/wishlists/${list}/items`, ItemPage)],
    findItem: [() => wishlists.findItem(list, items[0]), () => get(`/v1/wishlists/${list}/items/${items[0]}`, Item)],
  };
  for (const [name, [ours, theirs]] of Object.entries(calls)) {
    for (const atOnce of [1, AT_ONCE]) {
      const { ours: own, theirs: other } = turns(await measured({ ours, theirs }, atOnce));
      const label = `remote ${name}, ${atOnce} at once`;
      rows.push([label, `${own.rate.toFixed(0)} calls/s`, `${other.rate.toFixed(0)} calls/s`, (own.rate / other.rate).toFixed(2)]);
    }
  }
  await wishlists.close();
}

/** A list of items as a listing has them: with a price, a picture and a note. */
async function filled(alice) {
  const { id } = await alice.createWishlist({ name: 'Birthday' });
  const items = Array.from({ length: ITEMS }, (_, number) => ({
    title: `A kettle with the number ${number}`,
    note: 'The red one, für Grüße',
    imageUrl: `https://shop.example/pictures/${number}.jpg`,
    price: { amount: `${number + 1}.99`, currency: 'EUR' },
  }));
  const { results } = await alice.addItems(id, { items });
  return { list: id, items: results.map(({ item }) => item.id) };
}

/** Each side's calls, taking turns: how long each call took, and how long a turn. */
async function measured(sides, atOnce) {
  const told = Object.fromEntries(Object.keys(sides).map((name) => [name, { times: [], rates: [] }]));
  for (const call of Object.values(sides)) await turn(call, atOnce, 100);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(sides)) {
      const { times, rate } = await turn(call, atOnce, TURN / atOnce);
      told[name].times.push(...times);
      told[name].rates.push(rate);
    }
  }
  return told;
}

async function turn(call, atOnce, milliseconds) {
  const times = [];
  const began = performance.now();
  const caller = async () => {
    while (performance.now() - began < milliseconds && times.length < MOST_CALLS) {
      const start = performance.now();
      await call();
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return { times, rate: times.length / ((performance.now() - began) / 1000) };
}

function turns(told) {
  return Object.fromEntries(Object.entries(told).map(([name, { times, rates }]) => [name, { p50: median(times), rate: median(rates) }]));
}

function importTime() {
  const program = "const began = performance.now(); await import('smart-wishlist'); console.log(performance.now() - began)";
  const times = Array.from({ length: 9 }, () => Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program])));
  return median(times).toFixed(1);
}

function nativeSize() {
  const require = createRequire(import.meta.url);
  require('smart-wishlist');
  return statSync(Object.keys(require.cache).find((path) => path.endsWith('.node'))).size;
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function micros(milliseconds) {
  return Math.round(milliseconds * 1000);
}

function show(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  '));
}

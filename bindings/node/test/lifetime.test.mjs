// What keeps a process alive, what a client leaves behind, and threads of JavaScript.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

import { TimeoutError, UnavailableError, Wishlists } from 'smart-wishlist';

import { LIST } from './loopback.mjs';
import { directory, opened, served } from './places.mjs';

const run = promisify(execFile);

/** What a program of its own prints; it has to end by itself. */
async function printed(program, ...given) {
  const arguments_ = ['--input-type=module', '--eval', `import { Wishlists } from 'smart-wishlist';\n${program}`, ...given];
  const { stdout } = await run(process.execPath, arguments_, { cwd: new URL('.', import.meta.url), timeout: 30_000 });
  return stdout;
}

test('a process with an open file and nothing under way ends', async (t) => {
  const file = join(await directory(t), 'wishlists.db');
  const program = `
    const wishlists = await Wishlists.open(process.argv[1]);
    const remote = Wishlists.connect('http://127.0.0.1:9');
    console.log(JSON.stringify(await wishlists.findHealth()), remote instanceof Wishlists);`;
  assert.equal(await printed(program, file), '{"status":"ok"} true\n');
});

test('a process goes on while a call is under way, and ends when it was given up', async (t) => {
  const url = await served(t, (request, response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}'), 500);
  });
  const waiting = "Wishlists.connect(process.argv[1]).findHealth().then((health) => console.log(health.status));";
  assert.equal(await printed(waiting, url), 'ok\n');
  const silent = await served(t, () => {});
  const aborting = `
    const signal = AbortSignal.timeout(200);
    setTimeout(() => {}, 300);
    Wishlists.connect(process.argv[1]).findHealth({ signal }).catch((error) => console.log(error.name));`;
  assert.equal(await printed(aborting, silent), 'TimeoutError\n');
});

/** How many threads of ours there are. */
function threads() {
  const tasks = readdirSync('/proc/self/task');
  const names = tasks.map((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8');
    } catch {
      return '';
    }
  });
  return names.filter((name) => name.startsWith('smart-wishlist')).length;
}

test('a closed client frees its threads', { skip: process.platform !== 'linux' && 'threads are counted on Linux' }, async (t) => {
  const place = await directory(t);
  const before = threads();
  for (let round = 0; round < 3; round += 1) {
    const wishlists = await Wishlists.open(join(place, 'wishlists.db'));
    await wishlists.findHealth();
    assert.ok(threads() > before);
    await wishlists.close();
    const remote = Wishlists.connect('http://127.0.0.1:9', { timeout: 100 });
    await assert.rejects(remote.findHealth(), (error) => [UnavailableError, TimeoutError].includes(error.constructor));
    await remote.close();
  }
  // A thread that was told to end takes a moment to.
  for (let left = 200; threads() > before && left > 0; left -= 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(threads(), before);
});

test('what is under way when it is closed is told', async (t) => {
  let arrived;
  const isThere = new Promise((resolve) => (arrived = resolve));
  const url = await served(t, () => arrived());
  const wishlists = Wishlists.connect(url);
  const call = wishlists.listItems(LIST);
  await isThere;
  await Promise.all([wishlists.close(), assert.rejects(call, { name: 'ClosedError', kind: 'Closed' })]);
});

test('many calls at once each have their own answer', async (t) => {
  const alice = (await opened(t)).asUser('alice');
  const names = Array.from({ length: 100 }, (_, number) => `List ${number}`);
  const made = await Promise.all(names.map((name) => alice.createWishlist({ name })));
  assert.deepEqual(made.map(({ name }) => name), names);
});

const WORKER = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { Wishlists } from 'smart-wishlist';
  const wishlists = await Wishlists.open(workerData.file, { visits: false });
  const { id } = await wishlists.asUser(workerData.user).createWishlist({ name: 'Birthday' });
  parentPort.postMessage(id);
  if (workerData.isCutOff) {
    wishlists.asUser(workerData.user).listItems(id, { wait: 20, status: 'pending' });
    for (;;) await wishlists.findHealth();
  }`;

test('threads of JavaScript have a file open at the same time, and may be cut off', async (t) => {
  const place = await directory(t);
  const file = join(place, 'wishlists.db');
  const wishlists = await Wishlists.open(file, { visits: false });
  t.after(() => wishlists.close());
  // A module without a place finds no packages, so it is written down beside the tests.
  const source = new URL(`worker-${process.pid}.mjs`, import.meta.url);
  await writeFile(source, WORKER);
  t.after(() => rm(source));
  const ids = [];
  for (const isCutOff of [false, true]) {
    const worker = new Worker(source, { workerData: { file, user: 'alice', isCutOff } });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    ids.push(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)));
    if (isCutOff) await worker.terminate();
    await ended;
  }
  const { items } = await wishlists.asUser('alice').listWishlists();
  assert.deepEqual(items.map(({ id }) => id).sort(), ids.sort());
});

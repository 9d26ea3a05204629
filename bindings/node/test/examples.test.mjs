// The README and the examples run as they are written.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { directory, shop } from './places.mjs';

const run = promisify(execFile);
const example = (path) => fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url));

test('the blocks of the README are one program', async (t) => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block);
  assert.ok(blocks.length > 5);
  // It stands beside the tests, where packages are found, and runs where its file may be left.
  const program = fileURLToPath(new URL(`readme-${process.pid}.mjs`, import.meta.url));
  // What it links to is no page of the loopback.
  const text = blocks.join('\n').replace("open('wishlists.db')", "open('wishlists.db', { visits: false })");
  await writeFile(program, text);
  t.after(() => rm(program));
  const { stdout } = await run(process.execPath, [program], { cwd: await directory(t), timeout: 60_000 });
  for (const line of ['A red kettle', 'Socks', 'invalid 400', "{ amount: '1299.00', currency: 'EUR' }"]) {
    assert.ok(stdout.includes(line), `${line}\n${stdout}`);
  }
});

const PRICES = 'Kettle: 19.99 EUR\nLamp: 1299 JPY\n';

test('the quickstart prints prices, embedded', async (t) => {
  const address = await shop(t);
  const links = [`${address}/kettle.html`, `${address}/lamp.html`];
  const cwd = await directory(t);
  const { stdout } = await run(process.execPath, [example('quickstart-node/quickstart.mjs'), '--allow-private', ...links], { cwd });
  assert.equal(stdout, PRICES);
});

const server = process.env.WISHLIST_TEST_SERVER;
const isConfirmed = process.env.WISHLIST_TEST_CODE !== undefined;
const why = server === undefined ? 'no server is named by WISHLIST_TEST_SERVER' : isConfirmed && 'the server mails codes';

test('the quickstart prints prices, of a server', { skip: why }, async (t) => {
  const address = await shop(t);
  const email = `quickstart-${process.pid}-${Date.now()}@example.com`;
  const given = ['--server', server, '--email', email, `${address}/kettle.html`, `${address}/lamp.html`];
  const child = spawn(process.execPath, [example('quickstart-node/quickstart.mjs'), ...given], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end('correct horse battery staple\n');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (part) => (printed += part));
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.ok(printed.endsWith(PRICES), printed);
});

test('an app shows the list of its customer, and ends when it is told to', async (t) => {
  const address = await shop(t);
  const file = join(await directory(t), 'wishlists.db');
  const child = spawn(process.execPath, [example('embed-in-your-app/node/app.mjs'), file, '0', '--allow-private'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  const page = async () => (await fetch(`${url}/alice`)).text();
  assert.ok((await page()).includes('<h1>My wishes</h1>'));
  const add = (link) => fetch(`${url}/alice/items`, { method: 'POST', body: new URLSearchParams({ url: link }) });
  assert.ok((await add(`${address}/kettle.html`)).ok);
  let shown = await page();
  for (let left = 100; !shown.includes('19.99 EUR') && left > 0; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    shown = await page();
  }
  assert.match(shown, />Kettle<\/a> <b>19.99 EUR<\/b>/);
  const refused = await add('no link');
  assert.equal(refused.status, 400);
  assert.ok(!(await (await fetch(`${url}/bob`)).text()).includes('Kettle'));
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  assert.deepEqual(await closed, [0, null]);
});

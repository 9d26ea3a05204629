// Where tests put files, and what serves the pages that they link to.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Wishlists } from 'smart-wishlist';

/** A directory that goes with the test. */
export async function directory(test) {
  const path = await mkdtemp(join(tmpdir(), 'smart-wishlist-'));
  test.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Wishlists in a fresh file, closed with the test. */
export async function opened(test, options = { visits: false }) {
  const wishlists = await Wishlists.open(join(await directory(test), 'wishlists.db'), options);
  test.after(() => wishlists.close());
  return wishlists;
}

/** Serves on the loopback until the test ends, and answers its address. */
export async function served(test, listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The address of the shop: the one that the environment names, or one of its pages on the loopback. */
export async function shop(test) {
  if (process.env.WISHLIST_TEST_SHOP) return process.env.WISHLIST_TEST_SHOP;
  return served(test, async (request, response) => {
    try {
      const page = await readFile(new URL(`../../shop${new URL(request.url, 'http://shop').pathname}`, import.meta.url));
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    } catch {
      response.writeHead(404).end();
    }
  });
}

// Makes a list, adds links, waits for their pages and prints what they cost.
//
//     node quickstart.mjs https://shop.example/kettle …
//         in a file beside it, with the whole engine in this process
//
//     node quickstart.mjs --server http://127.0.0.1:3000 --email alice@example.com https://shop.example/kettle …
//         on a server, where she signs up first; the password is read from standard input, so that it is in no list of processes
//
// `--allow-private` lets the embedded engine visit pages of this machine, and `--file` names another file.

import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { Wishlists } from 'smart-wishlist';

const { values, positionals: links } = parseArgs({
  options: {
    server: { type: 'string' },
    email: { type: 'string', default: 'alice@example.com' },
    file: { type: 'string', default: 'wishlists.db' },
    'allow-private': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const wishlists = values.server
  ? Wishlists.connect(values.server)
  : await Wishlists.open(values.file, { privateAddresses: values['allow-private'] });
try {
  const alice = values.server ? await signedUp(wishlists, values.email) : wishlists.asUser('alice');
  const list = await alice.createWishlist({ name: 'Birthday' });
  for (const url of links) {
    const item = await alice.addItem(list.id, { url });
    // The page is visited in the background; the answer may wait for it.
    await alice.findItem(list.id, item.id, { wait: 20 });
  }
  for await (const { title, url, price } of alice.listItemsPages(list.id).items()) {
    console.log(`${title ?? url}: ${price ? `${price.amount} ${price.currency}` : 'no price'}`);
  }
} finally {
  await wishlists.close();
}

async function signedUp(wishlists, email) {
  const input = createInterface({ input: process.stdin });
  const password = await input.question('password: ');
  input.close();
  const { confirmationRequired } = await wishlists.signUp({ email, password });
  if (confirmationRequired) throw new Error('confirm the address with the code that was mailed, then sign in');
  await wishlists.signIn({ email, password });
  return wishlists;
}

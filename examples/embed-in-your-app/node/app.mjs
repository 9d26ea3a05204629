// A shop's own page with the wishlists of its customers: Express, and the whole engine in the process on one file.
//
//     npm install && node app.mjs wishlists.db 3000
//
// `--allow-private` behind them lets it visit pages of this machine, for development.

import express from 'express';
import { InvalidError, NotFoundError, Wishlists } from 'smart-wishlist';

const [file = 'wishlists.db', port = '3000', ...flags] = process.argv.slice(2);
const wishlists = await Wishlists.open(file, { privateAddresses: flags.includes('--allow-private') });

const app = express();
app.use(express.urlencoded());

// Your program knows its customers; here whoever asks says who they are. Use your own sessions instead.
app.use('/:customer', (request, _response, next) => {
  request.wishlists = wishlists.asUser(request.params.customer);
  next();
});

app.get('/:customer', async (request, response) => {
  const list = await listOf(request.wishlists);
  const { items } = await request.wishlists.listItems(list.id, { signal: gone(response) });
  response.send(page(request.params.customer, list, items));
});

app.post('/:customer/items', async (request, response) => {
  const list = await listOf(request.wishlists);
  await request.wishlists.addItem(list.id, { url: request.body.url });
  response.redirect(303, `/${encodeURIComponent(request.params.customer)}`);
});

app.use((error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const status = error instanceof InvalidError ? 400 : error instanceof NotFoundError ? 404 : 500;
  if (status === 500) console.error(error);
  const told = status === 500 ? 'it did not work, please try again' : [error.message, ...error.fields.map(({ detail }) => detail)].join('; ');
  response.status(status).send(`<!doctype html><title>Wishlist</title><p>${escaped(told)}</p>`);
});

/** The customer's one list, made when it is first asked for. The key makes two requests at once one list. */
async function listOf(theirs) {
  const { items } = await theirs.listWishlists({ limit: 1 });
  return items[0] ?? theirs.createWishlist({ name: 'My wishes' }, { key: 'first-list' });
}

/** Aborts when the browser has gone. */
function gone(response) {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function page(customer, list, items) {
  const rows = items.map(({ title, url, price, status }) => {
    const cost = price ? `${price.amount} ${price.currency}` : status === 'pending' ? 'being looked up' : 'no price';
    return `<li><a href="${escaped(url ?? '#')}">${escaped(title ?? url ?? '')}</a> <b>${escaped(cost)}</b></li>`;
  });
  return `<!doctype html>
<html lang="en">
<title>${escaped(list.name)}</title>
<h1>${escaped(list.name)}</h1>
<ul>${rows.join('\n')}</ul>
<form method="post" action="/${encodeURIComponent(customer)}/items">
  <label>Link <input name="url" type="url" required></label>
  <button>Add</button>
</form>
</html>
`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

const server = app.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    wishlists.close();
  });
}

// A server on the loopback that answers as a test says.

import { served } from './places.mjs';

/**
 * Serves: `answer(request, response, attempt)` is called for each request, with its number from 0. What came is kept in
 * `requests`, with its body.
 */
export async function answering(test, answer) {
  const requests = [];
  const url = await served(test, (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const { method, url, headers } = request;
      requests.push({ method, url, headers, body });
      answer(request, response, requests.length - 1);
    });
  });
  return { url, requests };
}

export function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export function problem(response, status, code, more = {}, headers = {}) {
  const told = { type: 'about:blank', title: code, status, code, detail: `it is ${code}`, requestId: 'request-1', ...more };
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(told));
}

const MOMENT = '2027-05-14T09:00:00Z';

export const LIST = '01a21cfa-18db-78f0-a804-1fd922650623';

export const ITEM = {
  id: '01a21cfa-18dd-76cf-9173-ddcae559a26c',
  wishlistId: LIST,
  title: 'Socks',
  quantity: 1,
  state: 'active',
  rank: '0m',
  status: 'none',
  sources: { title: 'user' },
  createdAt: MOMENT,
  updatedAt: MOMENT,
  version: 1,
};

export const SESSION = { accessToken: 'secret-access', idToken: 'secret-id', refreshToken: 'secret-refresh', tokenType: 'Bearer', expiresIn: 900 };

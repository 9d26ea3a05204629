// The smoke test against what works, and against each way not to.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, text } from './workflows.ts';

type Answer = { status: number; kind?: string; body?: string };
type Ran = { code: number | null; out: string };

const CONTRACT = text('openapi.json');
const PROBLEM = 'application/problem+json';
const PERSON = { SMOKE_EMAIL: 'smoke@example.com', SMOKE_PASSWORD: 'Correct-horse-7-battery' };

/** A deployment that works: what it answers, by method and path. */
const GOOD: Record<string, Answer> = {
  'GET /health': { status: 200, body: '{"status":"ok"}' },
  'GET /openapi.json': { status: 200, body: CONTRACT },
  'GET /v1/wishlists': { status: 401, kind: PROBLEM, body: '{}' },
  'POST /v1/auth/sign-up': { status: 400, kind: PROBLEM, body: '{}' },
  'POST /v1/auth/sign-in': { status: 200, body: '{"accessToken":"token"}' },
  'POST /v1/wishlists': { status: 201, body: '{"id":"one"}' },
  'GET /v1/wishlists/one': { status: 200, body: '{"name":"Smoke test"}' },
  'POST /v1/wishlists/one/items': { status: 201, body: '{"id":"wish","status":"pending"}' },
  'GET /v1/wishlists/one/items/wish': { status: 200, body: '{"status":"failed"}' },
  'DELETE /v1/wishlists/one': { status: 204 },
};

/** Runs the smoke test against a server that answers by the table, and tells what it said and what it called. */
async function smoke(
  answers: Record<string, Answer | undefined>,
  env: Record<string, string> = {},
  patience = '1',
): Promise<Ran & { calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const call = `${request.method} ${request.url}`;
    calls.push(call);
    const answer = answers[call];
    if (call in answers && answer === undefined) return response.destroy();
    const { status, kind = 'application/json', body } = answer ?? { status: 404, body: '{"message":"Not Found"}' };
    return response.writeHead(status, { 'content-type': kind, location: '/health' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    return { ...(await run([url, '--contract', join(ROOT, 'openapi.json'), '--patience', patience], env)), calls };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function run(args: string[], env: Record<string, string>): Promise<Ran> {
  const child = spawn('python3', [join(ROOT, 'examples/deploy/smoke.py'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (out += part.toString()));
  return new Promise((ended, failed) => {
    child.on('error', failed);
    child.on('close', (code) => ended({ code, out }));
  });
}

test('what works is well, with and without somebody who signs in', async () => {
  const without = await smoke(GOOD);
  assert.equal(without.code, 0, without.out);
  assert.match(without.out, /the table and the worker: SMOKE_EMAIL and SMOKE_PASSWORD name nobody/);
  const signedIn = await smoke(GOOD, PERSON);
  assert.equal(signedIn.code, 0, signedIn.out);
  assert.deepEqual(signedIn.calls.slice(-3), [
    'POST /v1/wishlists/one/items',
    'GET /v1/wishlists/one/items/wish',
    'DELETE /v1/wishlists/one',
  ]);
});

test('a page that was not visited yet is waited for, and no longer than was said', async () => {
  const item = 'GET /v1/wishlists/one/items/wish';
  const pending = { status: 200, body: '{"status":"pending"}' };
  let looks = 0;
  const slow = {
    ...GOOD,
    get [item](): Answer {
      looks += 1;
      return looks === 1 ? pending : { status: 200, body: '{"status":"ready"}' };
    },
  };
  const { code, out, calls } = await smoke(slow, PERSON, '3');
  assert.equal(code, 0, out);
  assert.equal(calls.filter((call) => call === item).length, 2);
  const never = await smoke({ ...GOOD, [item]: pending }, PERSON);
  assert.equal(never.code, 1, never.out);
  assert.match(never.out, /WRONG {2}its page is visited: found `\(200, 'pending'\)`/);
  assert.equal(never.calls.at(-1), 'DELETE /v1/wishlists/one');
});

test('each answer that is wrong is told, and fails', async () => {
  const rows: [string, Answer | undefined, RegExp][] = [
    ['GET /health', { status: 503, body: '{"message":"Service Unavailable"}' }, /WRONG {2}GET \/health: found `\(503/],
    ['GET /openapi.json', { status: 200, body: '{"openapi":"3.1.0"}' }, /WRONG {2}it is the contract of what was deployed/],
    ['GET /openapi.json', { status: 200, body: '[]' }, /WRONG {2}it is of this version of OpenAPI/],
    ['GET /openapi.json', { status: 302, body: '' }, /WRONG {2}GET \/openapi.json: found `\(302/],
    ['GET /v1/wishlists', { status: 200, body: '{"items":[]}' }, /WRONG {2}no list without a token/],
    ['GET /v1/wishlists', { status: 401, body: '{"message":"Unauthorized"}' }, /WRONG {2}nor with a forged one/],
    ['POST /v1/auth/sign-up', { status: 500, kind: PROBLEM, body: '{}' }, /WRONG {2}no account of nothing/],
    ['GET /v1/smoke', { status: 200, body: '{}' }, /WRONG {2}no path that is not there/],
    ['POST /v1/auth/sign-in', { status: 401, kind: PROBLEM, body: '{}' }, /WRONG {2}the account signs in/],
    ['POST /v1/wishlists', { status: 503, kind: PROBLEM, body: '{}' }, /WRONG {2}makes a list/],
    ['GET /v1/wishlists/one', { status: 404, kind: PROBLEM, body: '{}' }, /WRONG {2}finds it/],
    ['POST /v1/wishlists/one/items', { status: 503, kind: PROBLEM, body: '{}' }, /WRONG {2}adds an item/],
    ['POST /v1/wishlists/one/items', { status: 201, body: '{"id":"wish","status":"none"}' }, /WRONG {2}adds an item/],
    ['GET /v1/wishlists/one/items/wish', { status: 500, kind: PROBLEM, body: '{}' }, /WRONG {2}its page is visited/],
    ['GET /v1/wishlists', undefined, /WRONG {2}every call is answered/],
  ];
  for (const [call, answer, expected] of rows) {
    const { code, out } = await smoke({ ...GOOD, [call]: answer }, PERSON);
    assert.equal(code, 1, `${call}: ${out}`);
    assert.match(out, expected);
  }
});

test('a list that is not found is deleted all the same', async () => {
  const { calls } = await smoke({ ...GOOD, 'GET /v1/wishlists/one': { status: 500, body: '{}' } }, PERSON);
  assert.equal(calls.at(-1), 'DELETE /v1/wishlists/one');
});

test('nobody there is told in the time that was given', async () => {
  const { code, out } = await run(['http://127.0.0.1:9', '--patience', '1'], {});
  assert.equal(code, 1);
  assert.match(out, /WRONG {2}GET \/health: found .*refused/);
});

test('what is no address and no file is refused', async () => {
  assert.match((await run(['api.example.com'], {})).out, /`api.example.com` is no address/);
  assert.match((await run(['https://a.example', '--contract', 'none.json'], {})).out, /there is no `none.json`/);
});

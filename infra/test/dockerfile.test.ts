/** The faults of the image's file, each shown gone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { roles } from '../src/generated/program.ts';
import { textOf } from './outputs.ts';

/** Each instruction with its arguments, lines that go on joined. */
const instructions = textOf('wishlist-service/Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line): [string, string] => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]);

const named = (name: string): string[] => instructions.filter(([of]) => of === name).map(([, rest]) => rest);

test('nothing runs before the first `FROM`', () => {
  const before = instructions.slice(0, instructions.findIndex(([name]) => name === 'FROM'));
  assert.ok(before.every(([name]) => name === 'ARG'), before.join('; '));
});

test('what builds is installed where it is built: the last stage builds nothing', () => {
  const last = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));
  assert.deepEqual(last.filter(([name]) => name === 'RUN'), []);
  assert.equal(last[0]?.[1], 'scratch');
  assert.ok(instructions.some(([name, rest]) => name === 'RUN' && rest.includes('cargo build --locked')));
});

test('the image names no tag that moves', () => {
  const images = [...named('ARG').map((of) => of.split('=')[1] ?? ''), ...named('FROM')].filter((of) => of.includes('/'));
  assert.ok(images.length > 0);
  for (const image of images) assert.match(image, /:\d+\.\d+/);
});

test('nobody in particular runs it', () => {
  assert.deepEqual(named('USER').map((user) => Number(user.split(':')[0]) > 0), [true]);
});

test('the entry point is the program, and the command a role that there is', () => {
  assert.deepEqual(named('ENTRYPOINT'), ['["/wishlist-service"]']);
  const [role] = JSON.parse(named('CMD')[0] ?? '[]') as string[];
  assert.ok(role !== undefined && role in roles);
});

test('how to build it says that AWS Lambda refuses an attestation', () => {
  assert.match(textOf('wishlist-service/Dockerfile'), /--provenance=false --sbom=false/);
});

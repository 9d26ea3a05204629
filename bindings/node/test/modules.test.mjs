// The package by `import` and by `require`, and its types.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile, mkdir, cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';

import * as imported from 'smart-wishlist';

import { directory } from './places.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

test('both ways give the same classes', () => {
  const required = require('smart-wishlist');
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
  for (const name of Object.keys(required)) assert.equal(imported[name], required[name], name);
});

test('every error of the declarations is there', async () => {
  const declared = await readFile(join(dirname(require.resolve('smart-wishlist')), 'index.d.cts'), 'utf8');
  const names = [...declared.matchAll(/export declare class (\w+Error)/g)].map(([, name]) => name);
  assert.equal(names.length, 13);
  for (const name of names) assert.ok(imported[name]?.prototype instanceof Error, name);
});

test('every method of the declarations is there, and no other', async () => {
  const place = join(dirname(require.resolve('smart-wishlist')), 'generated');
  const declared = await readFile(join(place, 'operations.d.cts'), 'utf8');
  const names = [...declared.matchAll(/^ {2}(\w+)\(.*\): (?:Promise|Pages)</gm)].map(([, name]) => name);
  const { Operations } = require(join(place, 'operations.cjs'));
  assert.deepEqual(names.sort(), Object.getOwnPropertyNames(Operations.prototype).filter((name) => name !== 'constructor').sort());
  assert.ok(names.includes('addItem') && names.includes('listItemsPages'));
});

test('the types are strict for both kinds of modules', async () => {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const project = fileURLToPath(new URL('types', import.meta.url));
  try {
    await run(process.execPath, [tsc, '--project', project]);
  } catch (error) {
    assert.fail(error.stdout || error.stack);
  }
});

test('what is missing is named, with what to do', async (t) => {
  const place = await directory(t);
  const installed = dirname(require.resolve('smart-wishlist'));
  await cp(installed, join(place, 'node_modules', 'smart-wishlist'), { recursive: true, filter: (path) => !path.endsWith('.node') });
  const message = async () => {
    const program = "try { require('smart-wishlist') } catch (error) { console.log(error.message) }";
    return (await run(process.execPath, ['--eval', program], { cwd: place })).stdout;
  };
  assert.match(await message(), /^`smart-wishlist-[\w-]+`, the native part of smart-wishlist for this platform, is not installed; run `npm install` again/);
  const [, name] = /^`(smart-wishlist-[\w-]+)`/.exec(await message());
  const native = join(place, 'node_modules', name);
  await mkdir(native);
  await writeFile(join(native, 'package.json'), JSON.stringify({ name, version: '0.0.1', main: 'a.node' }));
  assert.match(await message(), new RegExp(`^\`${name}\` is of version 0.0.1 and smart-wishlist of \\d+\\.\\d+\\.\\d+; run \`npm install ${name}@`));
  const { version } = require('smart-wishlist/package.json');
  await writeFile(join(native, 'package.json'), JSON.stringify({ name, version, main: 'a.node' }));
  await writeFile(join(native, 'a.node'), 'no module');
  assert.match(await message(), new RegExp(`^\`${name}\` does not load: .*glibc 2.34`, 's'));
});

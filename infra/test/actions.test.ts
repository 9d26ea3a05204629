// What others wrote and the pipeline runs: each pinned to one commit that was looked up, and to nothing that can be moved.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jobs, NAMES, steps, text } from './workflows.ts';

type Pin = { action: string; tag: string; sha: string; seen: string[] };

const PINS = JSON.parse(readFileSync(new URL('actions.json', import.meta.url), 'utf8')) as Pin[];

test('every action is pinned by a SHA of the table, with its tag in a comment', () => {
  const used = new Set<string>();
  for (const name of NAMES) {
    for (const line of text(`.github/workflows/${name}`).split('\n')) {
      if (!/^\s*(- )?uses:/.test(line) || line.includes('uses: $/')) continue;
      const found = /uses: (?<action>\S+)@(?<sha>[0-9a-f]{40}) # (?<tag>v\d+\.\d+\.\d+)$/.exec(line)?.groups;
      assert.ok(found, `${name}: \`${line.trim()}\`; write it as \`uses: owner/name@<40 digits> # v1.2.3\``);
      const pin = PINS.find(({ action }) => action === found['action']);
      assert.deepEqual([pin?.sha, pin?.tag], [found['sha'], found['tag']], `${name}: ${found['action']}`);
      used.add(pin?.action ?? '');
    }
  }
  assert.deepEqual([...used].sort(), PINS.map(({ action }) => action).sort(), 'the table has what is used and no more');
});

test('every pin says where its SHA was seen beside its tag', () => {
  for (const { action, sha, tag, seen } of PINS) {
    assert.match(sha, /^[0-9a-f]{40}$/, action);
    assert.match(tag, /^v\d+\.\d+\.\d+$/, action);
    assert.ok(seen.length > 0, action);
  }
});

test('workflows of this repository are those of the commit that runs', () => {
  for (const { where, thing } of jobs()) {
    if (thing.uses) assert.match(thing.uses, /^\$\/\.github\/workflows\/[a-z]+\.yml$/, where);
  }
});

test('runners, tools and images are of one version', () => {
  for (const { where, thing } of jobs()) {
    const runners = (thing.strategy?.matrix.include ?? []).map(({ runner }) => runner).filter(Boolean);
    for (const runner of [...runners, thing['runs-on'] ?? '']) assert.doesNotMatch(runner ?? '', /latest/, where);
  }
  for (const { where, thing } of steps()) {
    for (const [name, value] of Object.entries(thing.with ?? {})) {
      if (name.endsWith('-version')) assert.match(String(value), /^v?\d+\.\d+/, `${where}: ${name}`);
    }
    for (const [image] of (thing.run ?? '').matchAll(/\S*docker\.io\/\S+/g)) {
      assert.match(image, /@sha256:[0-9a-f]{64}$/, where);
    }
    for (const line of (thing.run ?? '').split('\n')) {
      if (line.includes('cargo install')) assert.match(line, /--locked --version \d+\.\d+\.\d+/, where);
    }
  }
  assert.match(text('wishlist-service/Dockerfile'), /^ARG RUST=\S+@sha256:[0-9a-f]{64}$/m);
});

// What others wrote and the pipeline runs: each pinned to one commit that was looked up, and to nothing that can be moved.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jobs, NAMES, shell, steps, text } from './workflows.ts';

type Pin = { action: string; tag: string; sha: string; seen: string[] };

type Image = { image: string; digest: string; seen: string[] };

const { actions: PINS, images: IMAGES } = JSON.parse(readFileSync(new URL('actions.json', import.meta.url), 'utf8')) as {
  actions: Pin[];
  images: Image[];
};

/** What a registry of images is asked for, wherever it stands in a line that is no comment. */
const REFERENCE = /\b(?:docker\.io|ghcr\.io|quay\.io|gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws)\/[\w./:@-]+/g;

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

test('every image that a workflow runs is pinned by a digest of the table', () => {
  const files = [...NAMES.map((name) => text(`.github/workflows/${name}`)), ...shell().map(({ thing }) => thing)];
  const lines = files.flatMap((file) => file.split('\n')).filter((line) => !/^\s*#/.test(line));
  const used = lines.flatMap((line) => [...line.matchAll(REFERENCE)].map(([reference]) => reference));
  const pinned = IMAGES.map(({ image, digest }) => `${image}@${digest}`);
  for (const reference of used) assert.ok(pinned.includes(reference), `${reference}; write it as \`name@sha256:…\` of actions.json`);
  assert.deepEqual([...new Set(used)].sort(), pinned.sort(), 'the table has what is used and no more');
  for (const { image, digest, seen } of IMAGES) {
    assert.match(digest, /^sha256:[0-9a-f]{64}$/, image);
    assert.ok(seen.length > 0, image);
  }
});

test('what names no image runs in none: neither an action by its default nor a job', () => {
  for (const { where, thing } of jobs()) {
    assert.ok(!('container' in thing) && !('services' in thing), where);
    for (const { uses, run, with: given } of thing.steps ?? []) {
      assert.doesNotMatch(uses ?? '', /^docker:/, where);
      // What follows `docker run` is the image that was built here, or one of a registry.
      for (const [command] of (run ?? '').replaceAll('\\\n', ' ').matchAll(/docker (?:run|pull|create) [^\n|<]*/g)) {
        assert.match(command, /smart-wishlist:built|@sha256:[0-9a-f]{64}/, where);
      }
      if (!uses?.startsWith('PyO3/maturin-action@') || given?.['command'] === 'sdist') continue;
      assert.equal(given?.['container'], '${{ matrix.container }}', where);
      for (const { name, runner, container } of thing.strategy?.matrix.include ?? []) {
        assert.equal(/@sha256:[0-9a-f]{64}$/.test(container ?? ''), runner?.startsWith('ubuntu'), name);
      }
    }
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
    for (const line of (thing.run ?? '').split('\n')) {
      if (line.includes('cargo install')) assert.match(line, /--locked --version \d+\.\d+\.\d+/, where);
    }
  }
  assert.match(text('wishlist-service/Dockerfile'), /^ARG RUST=\S+@sha256:[0-9a-f]{64}$/m);
});

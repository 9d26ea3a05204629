// The scripts of the workflows, run with a command line of AWS that answers as a table says.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SETTINGS } from '../src/settings.ts';
import { ROOT } from './workflows.ts';

const COMMIT = 'c'.repeat(40);
const DIGEST = `sha256:${'d'.repeat(64)}`;
const OTHER = `sha256:${'e'.repeat(64)}`;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** What AWS answers where its arguments hold these words: a text, or an error. */
type Answer = { to: string; says?: string; fails?: string };

type Ran = { code: number | null; out: string; error: string; calls: string[] };

/** Runs a script with programs of these names in front of all others, which write down how they were called. */
function run(script: string, args: string[], answers: Answer[]): Ran {
  const place = mkdtempSync(join(tmpdir(), 'pipeline-'));
  const cases = answers.map(({ to, says, fails }) =>
    fails === undefined ? `*"${to}"*) echo '${says}';;` : `*"${to}"*) echo "${fails}" >&2; exit 254;;`,
  );
  const calls = join(place, 'calls');
  writeFileSync(calls, '');
  for (const program of ['aws', 'curl', 'npm', 'npx']) {
    const lines = ['#!/usr/bin/env bash', `echo "${program} $*" >> "${calls}"`, `case "${program} $*" in`, ...cases, 'esac'];
    writeFileSync(join(place, program), `${lines.join('\n')}\n`, { mode: 0o755 });
  }
  const { status, stdout, stderr } = spawnSync(join(ROOT, '.github/scripts', script), args, {
    env: { PATH: `${place}:${process.env['PATH']}` },
    encoding: 'utf8',
  });
  const written = readFileSync(calls, 'utf8').split('\n').filter(Boolean);
  rmSync(place, { recursive: true });
  return { code: status, out: stdout.trim(), error: stderr, calls: written };
}

test('the digest under a commit is told, where it is one image', () => {
  const of = (says: string) => run('pushed.sh', ['shelf', COMMIT], [{ to: `imageTag=${COMMIT}`, says }]);
  assert.equal(of(`${DIGEST}\t${MANIFEST}`).out, DIGEST);
  assert.equal(of(`${DIGEST}\tapplication/vnd.docker.distribution.manifest.v2+json`).out, DIGEST);
  const index = of(`${DIGEST}\t${INDEX}`);
  assert.deepEqual([index.code, index.out], [1, '']);
  assert.match(index.error, /image\.index.*expected one image/);
});

test('of a commit without an image nothing is told, and another error is one', () => {
  const missing = run('pushed.sh', ['shelf', COMMIT], [{ to: 'describe-images', fails: 'An error (ImageNotFoundException)' }]);
  assert.deepEqual([missing.code, missing.out], [0, '']);
  const denied = run('pushed.sh', ['shelf', COMMIT], [{ to: 'describe-images', fails: 'An error (AccessDeniedException)' }]);
  assert.deepEqual([denied.code, denied.out], [1, '']);
  assert.match(denied.error, /AccessDenied/);
});

test('what is no commit, and a registry that nobody named, is refused before AWS is asked', () => {
  for (const args of [['shelf', 'main'], ['shelf', COMMIT.slice(1)], ['shelf', '$(id)'], ['', COMMIT]]) {
    const { code, out, error, calls } = run('pushed.sh', args, []);
    assert.deepEqual([code, out, calls], [1, '', []], args.join(' '));
    assert.match(error, /not a commit|set the variable `ECR_REPOSITORY`/);
  }
});

/** A stack whose three functions run these images. */
function stack(images: [string, string, string]): Answer[] {
  const roles = ['Api', 'Worker', 'Sweep'];
  return [
    { to: 'StackStatus', says: 'UPDATE_COMPLETE' },
    ...roles.map((role) => ({ to: `'${role}FunctionName'`, says: `function-${role}` })),
    ...roles.map((role, at) => ({ to: `get-function --function-name function-${role}`, says: images[at] ?? '' })),
  ];
}

test('what is live is the digest that all functions run', () => {
  const image = `1.dkr.ecr.eu-central-1.amazonaws.com/shelf@${DIGEST}`;
  assert.equal(run('live.sh', ['Stage'], stack([image, image, image])).out, DIGEST);
  const zips = run('live.sh', ['Stage'], stack(['None', 'None', 'None']));
  assert.deepEqual([zips.code, zips.out], [0, '']);
});

test('functions that run different images stop nothing before a deployment, and are an error after one', () => {
  const image = `shelf@${DIGEST}`;
  const gone: Answer = { to: 'get-function --function-name function-Worker', fails: 'An error (ResourceNotFoundException)' };
  const rows: [string, Answer[]][] = [
    ['function-Sweep', stack([image, image, `shelf@${OTHER}`])],
    ['function-Worker', stack([image, 'None', image])],
    ['function-Worker', [gone, ...stack([image, image, image])]],
    ['does not name its functions', [{ to: 'StackStatus', says: 'UPDATE_ROLLBACK_FAILED' }, { to: 'FunctionName', says: 'None' }]],
    ...['ROLLBACK_FAILED', 'CREATE_FAILED', 'CREATE_IN_PROGRESS', 'DELETE_FAILED'].map((status): [string, Answer[]] => [
      status,
      [{ to: 'StackStatus', says: status }],
    ]),
  ];
  for (const [named, answers] of rows) {
    const before = run('live.sh', ['Stage'], answers);
    assert.deepEqual([before.code, before.out], [0, ''], named);
    assert.match(before.error, new RegExp(`^::warning::.*${named}`, 'm'));
    const after = run('live.sh', ['--strict', 'Stage'], answers);
    assert.deepEqual([after.code, after.out], [1, ''], named);
    assert.match(after.error, new RegExp(`${named}.*deploy the stack again`));
  }
  const failed = stack([image, image, image]).map((answer) => (answer.to === 'StackStatus' ? { ...answer, says: 'UPDATE_ROLLBACK_FAILED' } : answer));
  assert.equal(run('live.sh', ['Stage'], failed).out, DIGEST, 'one image is one image, whatever became of the rest');
});

test('what AWS does not let the pipeline see is an error before a deployment too', () => {
  const denied = 'An error (AccessDeniedException)';
  for (const to of ['get-function', "'ApiFunctionName'"]) {
    const { code, out, error } = run('live.sh', ['Stage'], [{ to, fails: denied }, ...stack(['', '', ''])]);
    assert.deepEqual([code, out], [1, ''], to);
    assert.match(error, /AccessDenied/);
  }
});

test('before the first deployment nothing is live, which is no error', () => {
  const missing = [{ to: 'StackStatus', fails: 'Stack with id Stage does not exist' }];
  assert.deepEqual([run('live.sh', ['Stage'], missing).code, run('live.sh', ['Stage'], missing).out], [0, '']);
  const failed = run('live.sh', ['Stage'], [{ to: 'StackStatus', says: 'ROLLBACK_COMPLETE' }]);
  assert.deepEqual([failed.code, failed.out], [0, '']);
  const denied = run('live.sh', ['Stage'], [{ to: 'StackStatus', fails: 'An error (AccessDenied)' }]);
  assert.deepEqual([denied.code, denied.out], [1, '']);
});

test('an output that a stack does not have is named', () => {
  const { code, error } = run('output.sh', ['Stage', 'ApiUrl'], [{ to: 'ApiUrl', says: 'None' }]);
  assert.equal(code, 3);
  assert.match(error, /`Stage` has no output `ApiUrl`/);
});

test('the commit of an image is the one of its tags that is a commit', () => {
  const of = (says: string) => run('commit.sh', ['shelf', DIGEST], [{ to: `imageDigest=${DIGEST}`, says }]);
  assert.equal(of(`v1\t${COMMIT}`).out, COMMIT);
  assert.equal(of('None').code, 1);
});

/** An image that was built for this processor, as the registry and what it refers to answer. */
function image(architecture: string): Answer[] {
  return [
    { to: `batch-get-image --repository-name shelf --image-ids imageDigest=${DIGEST}`, says: '{"config":{"digest":"sha256:0f"}}' },
    { to: '--layer-digest sha256:0f', says: 'https://layers.example/0f' },
    { to: 'curl --fail --silent --show-error --location https://layers.example/0f', says: `{"architecture":"${architecture}"}` },
  ];
}

const MISSING: Answer = { to: 'StackStatus', fails: 'Stack with id SmartWishlist-dev does not exist' };

test('a digest is deployed, by the command line of the lock file, and a tag is refused', () => {
  const { calls, code, error } = run('deploy.sh', [ROOT, 'dev', 'shelf', DIGEST], [...image('arm64'), MISSING]);
  assert.equal(code, 0, error);
  assert.equal(calls.at(-2), 'npm ci --ignore-scripts');
  assert.match(calls.at(-1) ?? '', /^npx --no-install cdk deploy SmartWishlist-dev .*--exclusively/);
  assert.match(calls.at(-1) ?? '', new RegExp(`--context stage=dev --context imageRepository=shelf --context imageDigest=${DIGEST}$`));
  const tag = run('deploy.sh', [ROOT, 'dev', 'shelf', COMMIT], []);
  assert.deepEqual([tag.code, tag.calls], [1, []]);
});

test('an image for another processor than that of the stage is not deployed', () => {
  const place = mkdtempSync(join(tmpdir(), 'checkout-'));
  mkdirSync(join(place, 'infra'));
  const stages = { dev: {}, prod: { architecture: 'x86_64' } };
  writeFileSync(join(place, 'infra/cdk.json'), JSON.stringify({ context: { stages } }));
  const of = (stage: string, architecture: string) => run('deploy.sh', [place, stage, 'shelf', DIGEST], [...image(architecture), MISSING]);
  assert.deepEqual([of('dev', 'arm64').code, of('prod', 'amd64').code], [0, 0]);
  for (const [stage, built, expected] of [['dev', 'amd64', 'was built for `x86_64`.*is `arm64`'], ['prod', 'arm64', 'was built for `arm64`.*is `x86_64`'], ['dev', 'riscv64', 'expected arm64 or amd64']]) {
    const { code, error, calls } = of(stage ?? '', built ?? '');
    assert.equal(code, 1);
    assert.match(error, new RegExp(expected ?? ''));
    assert.ok(!calls.some((call) => call.startsWith('npx')), stage);
  }
  const none = run('deploy.sh', [place, 'dev', 'shelf', DIGEST], [{ to: 'batch-get-image', says: 'None' }]);
  assert.equal(none.code, 1);
  assert.match(none.error, /has no image/);
  rmSync(place, { recursive: true });
  // What the script takes where a stage says nothing is what the synthesis takes.
  assert.deepEqual(SETTINGS.architecture.fallback, { dev: 'arm64', prod: 'arm64' });
});

test('a first deployment that failed can be repeated, and the protection of no other stack is switched off', () => {
  const off = (status: Answer) =>
    run('deploy.sh', [ROOT, 'prod', 'shelf', DIGEST], [...image('arm64'), status]).calls.filter((call) => call.includes('termination-protection'));
  assert.deepEqual(off({ to: 'StackStatus', says: 'ROLLBACK_COMPLETE' }), [
    'aws cloudformation update-termination-protection --stack-name SmartWishlist-prod --no-enable-termination-protection',
  ]);
  for (const says of ['UPDATE_ROLLBACK_COMPLETE', 'CREATE_COMPLETE', 'UPDATE_COMPLETE', 'ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED']) {
    assert.deepEqual(off({ to: 'StackStatus', says }), [], says);
  }
  assert.deepEqual(off(MISSING), []);
  const denied = run('deploy.sh', [ROOT, 'prod', 'shelf', DIGEST], [...image('arm64'), { to: 'StackStatus', fails: 'An error (AccessDenied)' }]);
  assert.ok(denied.code === 1 && !denied.calls.some((call) => call.startsWith('npx')));
});

/** A package as npm packs it. */
function packed(name: string): string {
  const place = mkdtempSync(join(tmpdir(), 'packed-'));
  mkdirSync(join(place, 'package'));
  writeFileSync(join(place, 'package/package.json'), JSON.stringify({ name, version: '1.2.3' }));
  assert.equal(spawnSync('tar', ['--create', '--gzip', '--file', join(place, `${name}.tgz`), '--directory', place, 'package']).status, 0);
  return join(place, `${name}.tgz`);
}

test('a package that was published before is left as it is, and the others are published with their provenance', () => {
  const [old, fresh] = [packed('old'), packed('fresh')];
  const { code, calls } = run('publish-npm.sh', [old, fresh], [
    { to: 'view old@1.2.3', says: '1.2.3' },
    { to: 'view fresh@1.2.3', fails: 'npm error code E404' },
  ]);
  assert.equal(code, 0);
  const published = calls.filter((call) => call.startsWith('npm publish'));
  assert.deepEqual(published, [`npm publish ${fresh} --provenance --access public`]);
  for (const file of [old, fresh]) rmSync(join(file, '..'), { recursive: true });
});

test('a package that is not there is an error, and so is none', () => {
  for (const args of [[], ['dist/none-*.tgz']]) {
    const { code, error, calls } = run('publish-npm.sh', args, []);
    assert.deepEqual([code, calls], [1, []]);
    assert.match(error, /no package/);
  }
});

test('a publication that fails ends the run', () => {
  const fresh = packed('fresh');
  const { code } = run('publish-npm.sh', [fresh], [{ to: 'npm', fails: 'npm error code E403' }]);
  assert.notEqual(code, 0);
  rmSync(join(fresh, '..'), { recursive: true });
});

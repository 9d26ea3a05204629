/** The application as it is started: what is wrong with the settings ends it with one line, and nothing is written. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from './outputs.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

const ROWS: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['an unknown stage', { stage: 'staging', imageDigest: DIGEST }, /^the setting `stage` is `staging`; expected `prod`, `dev`/],
  ['a tag', { stage: 'dev', imageDigest: 'v1.2.3', imageRepository: 'repo' }, /^the setting `imageDigest` is `v1\.2\.3`; expected `sha256:`/],
  ['CORS with credentials', { stage: 'dev', corsOrigins: '*', corsCredentials: 'true' }, /^the setting `corsCredentials` is no setting; expected none/],
  ['data that would be dropped', { stage: 'prod', imageDigest: DIGEST, imageRepository: 'repo', alarmTarget: 'ops@example.com', removalPolicy: 'destroy' }, /^the setting `removalPolicy` is `destroy` in `prod`/],
];

for (const [name, context, expected] of ROWS) {
  test(`the application ends with one line: ${name}`, () => {
    const outputs = mkdtempSync(join(tmpdir(), 'wishlist-'));
    const place = join(outputs, 'out');
    const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: place };
    const ended = spawnSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], { cwd: join(root, 'infra'), env, encoding: 'utf8' });
    const isWritten = existsSync(join(place, 'manifest.json'));
    rmSync(outputs, { recursive: true });
    assert.equal(ended.status, 1, ended.stderr);
    assert.match(ended.stderr, expected);
    assert.equal(ended.stderr.trimEnd().split('\n').length, 1, ended.stderr);
    assert.ok(!isWritten);
  });
}

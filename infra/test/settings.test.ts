/** The settings, row by row: what is taken, and what is refused in one line that names the setting and what is allowed. */

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { RefusedSetting, SETTINGS, type SettingName, readSettings } from '../src/settings.ts';
import { textOf } from './outputs.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const DEV = { stage: 'dev', imageDigest: DIGEST, imageRepository: 'smart-wishlist' };
const PROD = { ...DEV, stage: 'prod', alarmTarget: 'ops@example.com' };
const POOL = { userPoolId: 'eu-central-1_AbCdEf', userPoolClientId: 'abcdefghij0123456789' };
const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef';
const zip = join(mkdtempSync(join(tmpdir(), 'wishlist-')), 'bootstrap.zip');
writeFileSync(zip, '');

/** Each a name, what is added to `DEV` or `PROD`, the setting that is named, and a part of what is allowed. */
const REFUSED: readonly (readonly [string, Record<string, unknown>, string, RegExp])[] = [
  ['an unknown stage', { ...DEV, stage: 'staging' }, 'stage', /`prod`, `dev`/],
  ['a stage in capitals', { ...DEV, stage: 'Prod' }, 'stage', /lower-case/],
  ['settings without a stage', { imageDigest: DIGEST }, 'stage', /`prod`, `dev`/],
  ['an unknown name', { ...DEV, corsOrigin: 'https://a.example' }, 'corsOrigin', /`corsOrigins`/],
  ['an unknown name of a stage', { ...DEV, stages: { prod: { colour: 'red' } } }, 'colour', /one of/],
  ['a stage within the stages', { ...DEV, stages: { dev: { stage: 'prod' } } }, 'stage', /beside `stages`/],
  ['stages that are no object', { ...DEV, stages: 'dev' }, 'stages', /an object/],
  ['settings of a stage that cannot be', { ...DEV, stages: { production: {} } }, 'stages.production', /`prod`, `dev`/],
  ['a value that is no text', { ...DEV, architecture: { arm: 64 } }, 'architecture', /a text/],
  [
    'CORS with credentials',
    { ...DEV, corsOrigins: '*', corsCredentials: 'true' },
    'corsCredentials',
    /`\*` with them is refused/,
  ],
  ['a star among origins', { ...DEV, corsOrigins: '*,https://a.example' }, 'corsOrigins', /`\*` alone/],
  ['a star within an origin', { ...DEV, corsOrigins: 'https://*.example' }, 'corsOrigins', /like `https:/],
  ['an origin with a path', { ...DEV, corsOrigins: 'https://a.example/' }, 'corsOrigins', /without a path/],
  ['an origin with a user', { ...DEV, corsOrigins: 'https://u:p@a.example' }, 'corsOrigins', /without a path/],
  ['an origin twice', { ...DEV, corsOrigins: 'https://a.example,https://a.example' }, 'corsOrigins', /origins/],
  ['an origin that is empty', { ...DEV, corsOrigins: 'https://a.example,' }, 'corsOrigins', /origins/],
  ['an origin without TLS in prod', { ...PROD, corsOrigins: 'http://a.example' }, 'corsOrigins', /https/],
  [
    'a tag where a digest is asked for',
    { ...DEV, imageDigest: 'latest' },
    'imageDigest',
    /64 hexadecimal digits: a tag may be moved/,
  ],
  ['a short digest', { ...DEV, imageDigest: 'sha256:0a' }, 'imageDigest', /64/],
  ['a tag by its own name', { ...DEV, imageTag: 'v1' }, 'imageTag', /`imageDigest`/],
  ['a repository with a tag', { ...DEV, imageRepository: 'repo:v1' }, 'imageRepository', /the name of a repository/],
  ['a digest without a repository', { stage: 'dev', imageDigest: DIGEST }, 'imageRepository', /the name/],
  ['neither image nor zip', { stage: 'dev' }, 'imageDigest', /or a `zip`/],
  ['image and zip', { ...DEV, zip }, 'zip', /one of the two/],
  ['a zip with a repository', { stage: 'dev', zip, imageRepository: 'repo' }, 'imageRepository', /none/],
  ['a zip that is not there', { stage: 'dev', zip: 'nowhere/bootstrap.zip' }, 'zip', /cargo xtask package/],
  ['a zip that is none', { stage: 'dev', zip: 'bootstrap.tar' }, 'zip', /\.zip/],
  ['another architecture', { ...DEV, architecture: 'arm' }, 'architecture', /`arm64` or `x86_64`/],
  ['a Region that is none', { ...DEV, region: 'Frankfurt' }, 'region', /like `eu-central-1`/],
  ['a Region that there is not', { ...DEV, region: 'xx-nowhere-9' }, 'region', /of AWS/],
  [
    'a replica where nothing is',
    { ...DEV, region: 'eu-west-1', replicaRegions: 'eu-west-9' },
    'replicaRegions',
    /of AWS/,
  ],
  [
    'a rate for those that wait above that of all',
    { ...DEV, throttleRate: 20, waitingRate: 21 },
    'waitingRate',
    /or less/,
  ],
  ['a pool without its Region', { ...DEV, ...POOL }, 'region', /the Region of that pool/],
  ['a rate of nothing', { ...DEV, throttleRate: '0' }, 'throttleRate', /from 1 to/],
  ['a rate that is no number', { ...DEV, throttleRate: '1e3' }, 'throttleRate', /whole number/],
  ['a negative rate', { ...DEV, throttleRate: -5 }, 'throttleRate', /whole number/],
  ['a rate that is never reached', { ...DEV, throttleRate: '1000', throttleBurst: '1' }, 'throttleBurst', /a tenth/],
  ['one worker, which SQS does not bound', { ...DEV, workerConcurrency: '1' }, 'workerConcurrency', /from 2/],
  ['a pool without a client', { ...DEV, userPoolId: POOL.userPoolId }, 'userPoolClientId', /a client/],
  ['a client without a pool', { ...DEV, userPoolClientId: POOL.userPoolClientId }, 'userPoolId', /like `eu/],
  ['an issuer without a pool', { ...DEV, userPoolIssuer: 'https://i.example' }, 'userPoolIssuer', /none/],
  ['an issuer without TLS', { ...DEV, ...POOL, userPoolIssuer: 'http://i.example' }, 'userPoolIssuer', /https/],
  [
    'an issuer with a slash at its end',
    { ...DEV, ...POOL, userPoolIssuer: 'https://i.example/' },
    'userPoolIssuer',
    /without a slash/,
  ],
  ['a pool of another Region', { ...DEV, ...POOL, region: 'eu-west-1' }, 'userPoolId', /`userPoolIssuer`/],
  ['a second factor in a pool that is there', { ...DEV, ...POOL, region: 'eu-central-1', mfa: 'off' }, 'mfa', /none/],
  ['a second factor that is required', { ...DEV, mfa: 'required' }, 'mfa', /`off` or `optional`/],
  ['prod without anybody to tell', { ...DEV, stage: 'prod' }, 'alarmTarget', /SNS topic, or an e-mail/],
  ['a target that is none', { ...PROD, alarmTarget: 'ops' }, 'alarmTarget', /SNS topic/],
  [
    'a topic of another Region',
    { ...PROD, region: 'eu-west-1', alarmTarget: 'arn:aws:sns:eu-central-1:123456789012:ops' },
    'alarmTarget',
    /of that Region/,
  ],
  ['a cost of nothing', { ...DEV, costPerHour: '0' }, 'costPerHour', /amount/],
  ['replicas without a Region', { ...DEV, replicaRegions: 'eu-west-1' }, 'region', /like `eu-central-1`/],
  [
    'a replica where the table is',
    { ...DEV, region: 'eu-west-1', replicaRegions: 'eu-west-1' },
    'replicaRegions',
    /other Regions/,
  ],
  ['a consistency of nothing', { ...DEV, replicaConsistency: 'eventual' }, 'replicaRegions', /Regions of AWS like/],
  [
    'a consistency without transactions',
    { ...DEV, region: 'eu-central-1', replicaRegions: 'eu-west-1', replicaConsistency: 'strong' },
    'replicaConsistency',
    /takes no transactions/,
  ],
  [
    'a retention that CloudWatch does not have',
    { ...DEV, logRetentionDays: '10' },
    'logRetentionDays',
    /one of 1, 3, 5/,
  ],
  ['logs that go too soon in prod', { ...PROD, logRetentionDays: '7' }, 'logRetentionDays', /30 or more/],
  ['a name without a certificate', { ...DEV, domainName: 'api.example.com' }, 'certificateArn', /ACM/],
  ['a certificate without a name', { ...DEV, certificateArn: CERTIFICATE }, 'domainName', /a name like/],
  [
    'a certificate of another Region',
    { ...DEV, region: 'eu-west-1', domainName: 'api.example.com', certificateArn: CERTIFICATE },
    'certificateArn',
    /that Region/,
  ],
  [
    'a name that is an address',
    { ...DEV, domainName: 'https://api.example.com', certificateArn: CERTIFICATE },
    'domainName',
    /a name like/,
  ],
  ['data that goes with the stack in prod', { ...PROD, removalPolicy: 'destroy' }, 'removalPolicy', /`retain`/],
  ['another removal', { ...DEV, removalPolicy: 'snapshot' }, 'removalPolicy', /`retain` or `destroy`/],
  [
    'a value with a line break',
    { ...DEV, domainName: 'a\nb', certificateArn: CERTIFICATE },
    'domainName',
    /a name like/,
  ],
];

for (const [name, context, setting, allowed] of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readSettings(context), (error) => {
      assert.ok(error instanceof RefusedSetting);
      assert.ok(error.message.startsWith(`the setting \`${setting}\` `), error.message);
      assert.match(error.message, allowed);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('every setting has a row of what is refused', () => {
  const named = new Set(REFUSED.map(([, , setting]) => setting));
  // Any number of visits is taken that a whole number can say; a row of its own is below.
  assert.deepEqual(Object.keys(SETTINGS).filter((name) => !named.has(name)), ['visitsPerHour']);
  assert.throws(() => readSettings({ ...DEV, visitsPerHour: '-1' }), /`visitsPerHour` is `-1`/);
});

test('without a stage there is nothing to deploy but the registry', () => {
  assert.equal(readSettings({}), undefined);
  assert.equal(
    readSettings({
      stages: { dev: {}, prod: {} },
      '@aws-cdk/core:flag': true,
      'aws:cdk:enable-path-metadata': true,
      tree: {},
    }),
    undefined,
  );
});

test('a pool of another Region is taken with its issuer, and one of the stack\'s Region without', () => {
  assert.equal(readSettings({ ...DEV, ...POOL, userPoolIssuer: 'https://i.example' })?.userPoolId, POOL.userPoolId);
  assert.equal(readSettings({ ...DEV, ...POOL, region: 'eu-central-1' })?.userPoolId, POOL.userPoolId);
});

test('prod is safe and dev is cheap without a word', () => {
  const [dev, prod] = [readSettings(DEV), readSettings(PROD)];
  assert.deepEqual([dev?.removalPolicy, dev?.logRetentionDays, dev?.alarmTarget], ['destroy', 7, undefined]);
  assert.deepEqual([prod?.removalPolicy, prod?.logRetentionDays, prod?.alarmTarget], ['retain', 90, 'ops@example.com']);
  assert.deepEqual([dev?.architecture, prod?.architecture, prod?.corsOrigins], ['arm64', 'arm64', []]);
});

test('the command line comes before `cdk.json`, which may have numbers and lists', () => {
  const stages = { dev: { throttleRate: 20, corsOrigins: ['https://a.example', 'https://b.example'] }, prod: {} };
  const settings = readSettings({ ...DEV, stages, throttleBurst: '40' });
  assert.deepEqual(
    [settings?.throttleRate, settings?.throttleBurst, settings?.corsOrigins],
    [20, 40, ['https://a.example', 'https://b.example']],
  );
  assert.equal(readSettings({ ...DEV, stages, throttleRate: '30' })?.throttleRate, 30);
});

test('a stage of one\'s own is like `dev`, and takes its settings by its own name', () => {
  const settings = readSettings({
    ...DEV,
    stage: 'dev-alice',
    stages: { 'dev-alice': { throttleRate: 5 }, dev: { throttleRate: 7 } },
  });
  assert.deepEqual([settings?.stage, settings?.throttleRate, settings?.removalPolicy], ['dev-alice', 5, 'destroy']);
});

test('the page of settings has a row for each, with what is allowed', () => {
  const rows = textOf('infra/README.md').split('\n').filter((line) => line.startsWith('| `'));
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const expected = (Object.entries(SETTINGS) as [SettingName, (typeof SETTINGS)[SettingName]][]).map(
    ([name, { meaning, allowed, fallback }]) => {
      const shown = (of: string | undefined): string => (of === undefined ? '' : of === '' ? 'none' : `\`${of}\``);
      return `| \`${name}\` | ${cell(meaning)} | ${cell(allowed)} | ${shown(fallback.dev)} | ${shown(fallback.prod)} |`;
    },
  );
  assert.deepEqual(rows.filter((row) => expected.includes(row)), expected);
});

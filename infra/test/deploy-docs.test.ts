// What docs/deploy.md says, held against what it says it of.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings, SETTINGS } from '../src/settings.ts';
import { jobs, NAMES, ROOT, text } from './workflows.ts';

const DEPLOY = text('docs/deploy.md');
const LEDGER = text('docs/generated/cost-ledger.md');

/** The blocks of shell of the page. */
const SHELL = shellOf(DEPLOY);

/** Those of each page that tells commands of the CDK, a command to a line. */
const COMMANDS = ['docs/deploy.md', 'infra/README.md'].flatMap((page) => shellOf(text(page)).replaceAll('\\\n', ' ').split('\n'));

function shellOf(page: string): string {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '').join('\n');
}

test('every setting of a command, and of the example of `cdk.json`, is one that there is', () => {
  const given = [...SHELL.matchAll(/--context (\w+)=/g)].map(([, name]) => name ?? '');
  const [, example = '{}'] = /^```json\n([\s\S]*?)^```/m.exec(DEPLOY) ?? [];
  const { stages } = JSON.parse(example) as { stages: Record<string, Record<string, unknown>> };
  const named = [...given, ...Object.values(stages).flatMap((stage) => Object.keys(stage))];
  assert.ok(named.length > 4);
  for (const name of [...named, 'alarmTarget', 'costPerHour', 'domainName', 'certificateArn']) {
    assert.ok(name in SETTINGS, name);
    assert.ok(DEPLOY.includes(name), name);
  }
});

test('every command that deploys or removes a stage gives the settings that its synthesis asks for', () => {
  const deploying = COMMANDS.filter((line) => /cdk (deploy|destroy) SmartWishlist-/.test(line));
  assert.equal(deploying.length, 3);
  const place = mkdtempSync(join(tmpdir(), 'zip-'));
  const zip = join(place, 'bootstrap.zip');
  writeFileSync(zip, '');
  // What the reader fills in is written as three dots, and the zip is one that a command before it makes.
  const filled: Record<string, string> = { 'sha256:…': `sha256:${'0'.repeat(64)}`, '…': 'shelf', '../target/package/bootstrap.zip': zip };
  for (const line of deploying) {
    const given = [...line.matchAll(/--context (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, filled[value] ?? value]);
    const settings = readSettings(Object.fromEntries(given));
    const [, stage] = /SmartWishlist-(\w+)/.exec(line) ?? [];
    assert.equal(settings?.stage, stage, line);
    assert.match(line, /--exclusively/);
    assert.ok(settings?.zip ?? (settings?.imageDigest && settings.imageRepository), line);
  }
  rmSync(place, { recursive: true });
});

test('bootstrap can do what prod can, and waits for the same reviewer', () => {
  const [, names = ''] = /for name in ([\w ]+); do\n(?:(?!^done)[\s\S])*?"reviewers"/m.exec(SHELL) ?? [];
  assert.deepEqual(names.split(' ').sort(), ['bootstrap', 'prod']);
  const roles = text('infra/pipeline-roles.yaml');
  assert.equal([...roles.matchAll(/ManagedPolicyArns: \[!Ref DeployPolicy\]/g)].length, 3, 'the three roles that the table says can do the same');
});

test('a commit to go back to is taken from those that have an image', () => {
  const [, section = ''] = /^## Rolling back\n([\s\S]*?)^## /m.exec(DEPLOY) ?? [];
  assert.match(section, /reject it first/);
  assert.match(section, /aws ecr describe-images --repository-name "\$\{repository\}" --query 'sort_by\(imageDetails,&imagePushedAt\)\[-5:\]\.imageTags'/);
  assert.doesNotMatch(section, /HEAD~/);
  const [, operations = ''] = /^### Rollback\n([\s\S]*?)^## /m.exec(text('docs/operations.md')) ?? [];
  assert.match(operations, /\(deploy\.md#rolling-back\)/);
  assert.doesNotMatch(operations, /cdk deploy/, 'one place has the commands, with the checks that the scripts make');
});

test('how many functions may run at a time is looked up and asked for', () => {
  assert.match(SHELL, /^aws lambda get-account-settings --query AccountLimit\.ConcurrentExecutions$/m);
  assert.match(SHELL, /^aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 /m);
  assert.equal(SETTINGS.workerConcurrency.read('2'), 2, 'what the page says to set until then is allowed');
});

test('every workflow, script and file that is named is there', () => {
  for (const [, name] of SHELL.matchAll(/gh workflow run (\S+)/g)) assert.ok(NAMES.includes(name ?? ''), name);
  for (const [path] of SHELL.matchAll(/\.github\/scripts\/\S+\.sh|examples\/deploy\/\w+\.py|wishlist-service\/Dockerfile/g)) {
    assert.ok(existsSync(join(ROOT, path)), path);
  }
  for (const [, target] of DEPLOY.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
    assert.ok(existsSync(join(ROOT, 'docs', target ?? '')), target);
  }
});

test('every variable and secret that the workflows read is set by a step of the page, in its environment', () => {
  const environments: Record<string, string> = { AWS_BOOTSTRAP_ROLE_ARN: 'bootstrap', AWS_PUSH_ROLE_ARN: 'registry', AWS_DEPLOY_ROLE_ARN: 'prod' };
  const read = NAMES.flatMap((name) => [...text(`.github/workflows/${name}`).matchAll(/\b(?:vars|secrets)\.(\w+)/g)]).map(([, name]) => name ?? '');
  for (const name of new Set(read)) {
    const environment = environments[name];
    const command = environment ? `variable set ${name} --env ${environment}` : ` set ${name} `;
    assert.ok(SHELL.includes(command), name);
  }
});

test('every environment of a deployment is made by a step of the page', () => {
  const named = jobs().map(({ thing }) => thing.environment?.name).filter((name) => name && !name.includes('{'));
  const releasing = text('docs/releasing.md');
  for (const name of [...named, 'dev', 'prod']) {
    assert.match(`${SHELL}\n${releasing}`, new RegExp(`for name in [^;]*\\b${name}\\b|environments/${name}"`), name);
  }
});

test('what a rollback by hand takes is what the workflow asks for', () => {
  const inputs = [...SHELL.matchAll(/--field (\w+)=/g)].map(([, name]) => name);
  const asked = [...text('.github/workflows/rollback.yml').matchAll(/^ {6}(\w+):$/gm)].map(([, name]) => name);
  assert.deepEqual(inputs, asked);
});

test('the dollars of a million calls are those of the ledger, and the sums are right', () => {
  const dollars = (cell: string): number[] => [...cell.matchAll(/[\d,]+\.\d\d/g)].map(([amount]) => Number(amount.replace(',', '')));
  const [, each = ''] = /\*\*\$(\d+\.\d\d) for a million/.exec(DEPLOY) ?? [];
  const rows = [...DEPLOY.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
  assert.equal(rows.length, 7);
  for (const [, operation, table = '', sum = ''] of rows) {
    const row = LEDGER.split('\n').find((line) => line.startsWith(`| \`${operation}\` |`));
    const expected = dollars(row?.split('|')[6] ?? '');
    assert.deepEqual(dollars(table), expected, operation);
    assert.deepEqual(dollars(sum), expected.map((amount) => Math.round((amount + Number(each)) * 100) / 100), operation);
  }
});

test('the units of an idle month are those of the shards that are swept', () => {
  const [, shards = '0'] = /DUE_SHARDS: u8 = (\d+)/.exec(text('wishlist-core/src/table/keys.rs')) ?? [];
  const [, price = '0'] = /\$(\d+\.\d+) for a million \*R\*/.exec(LEDGER) ?? [];
  const units = Number(shards) * 0.5 * 43_800;
  assert.ok(DEPLOY.includes(`${shards} queries of the due index a minute, of half a unit each: ${units.toLocaleString('en-US')} *R* | $${((units / 1e6) * Number(price)).toFixed(2)} |`));
});

/** cdk-nag finds nothing that is not acknowledged, and nothing is acknowledged without need or without a reason. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { ACKNOWLEDGEMENTS } from '../src/acknowledgements.ts';
import { makeApp } from '../src/program.ts';
import { readSettings } from '../src/settings.ts';
import { WishlistStack } from '../src/wishlist-stack.ts';
import { at, root, textOf } from './outputs.ts';

const place = mkdtempSync(join(tmpdir(), 'wishlist-'));
after(() => rmSync(place, { recursive: true }));

const zip = join(place, 'bootstrap.zip');
writeFileSync(zip, '');

const { dev, prod, full } = JSON.parse(textOf('infra/test/deployments.json')) as Record<
  string,
  Record<string, unknown>
>;
const CONTEXTS = { dev, prod, full: { ...full, zip }, registry: {} };

/** What is found of an application: the rule, and the constructs. */
function findings(app: App): Map<string, readonly string[]> {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return new Map(
    violations.map((of) => [of.ruleName, of.violatingResources.map(({ constructPath }) => constructPath ?? '')]),
  );
}

for (const [name, context] of Object.entries(CONTEXTS)) {
  test(`nothing is found that is not acknowledged: ${name}`, () => {
    const { app } = makeApp({ context: context ?? {}, outdir: join(place, name) });
    assert.equal(
      app.node.children.filter((of) => of.node.id.startsWith('SmartWishlist')).length,
      name === 'registry' ? 1 : 2,
    );
    assert.deepEqual([...findings(app)], []);
  });
}

test('the application as it is started looks by itself, and ends where a finding is not acknowledged', () => {
  const output = join(place, 'out');
  const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(dev), CDK_OUTDIR: output };
  const arguments_ = ['--import', 'tsx', '--import', './test/without-acknowledgement.ts', 'bin/app.ts'];
  const ended = spawnSync(process.execPath, arguments_, { cwd: join(root, 'infra'), env, encoding: 'utf8' });
  assert.notEqual(ended.status, 0);
  assert.ok(existsSync(join(output, 'validation-report.json')), ended.stderr);
  const report: unknown = JSON.parse(readFileSync(join(output, 'validation-report.json'), 'utf8'));
  const violations = at(report, 'pluginReports', 0, 'violations') as unknown[];
  assert.deepEqual(violations.map((of) => at(of, 'ruleName')), [ACKNOWLEDGEMENTS[0]?.id]);
});

test('whatever is acknowledged is found without', () => {
  const settings = readSettings(prod ?? {});
  assert.ok(settings !== undefined);
  const app = new App({ analyticsReporting: false, autoSynth: false });
  new WishlistStack(app, 'Stack', settings, {}, []);
  const found = findings(app);
  assert.ok(found.size >= 4);
  for (const { of, id } of ACKNOWLEDGEMENTS) {
    assert.ok(found.get(id)?.some((path) => path.startsWith(`Stack/${of}/`)), `${id} of ${of} is not found any more`);
  }
});

test('every acknowledgement is of one construct and has a reason', () => {
  for (const { of, id, reason } of ACKNOWLEDGEMENTS) {
    assert.match(of, /^[A-Z][A-Za-z]+$/, id);
    assert.ok(reason.length > 40, id);
  }
});

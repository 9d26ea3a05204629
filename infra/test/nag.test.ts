/** cdk-nag finds nothing that is not acknowledged, and nothing is acknowledged without need or without a reason. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { ACKNOWLEDGEMENTS } from '../src/acknowledgements.ts';
import { readSettings } from '../src/settings.ts';
import { WishlistStack } from '../src/wishlist-stack.ts';
import { directoryOf } from './outputs.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** What is found of `prod` with these acknowledgements: the rule, and the constructs. */
function findings(acknowledged: typeof ACKNOWLEDGEMENTS): Map<string, readonly string[]> {
  const settings = readSettings({ stage: 'prod', imageDigest: DIGEST, imageRepository: 'repo', alarmTarget: 'ops@example.com' });
  assert.ok(settings !== undefined);
  const app = new App({ analyticsReporting: false });
  new WishlistStack(app, 'Stack', settings, {}, acknowledged);
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return new Map(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources.map((of) => of.constructPath ?? '')]));
}

test('nothing is found that is not acknowledged', () => {
  assert.deepEqual([...findings(ACKNOWLEDGEMENTS)], []);
  for (const deployment of ['dev', 'prod', 'full'] as const) {
    const report = JSON.parse(readFileSync(join(directoryOf(deployment), 'validation-report.json'), 'utf8')) as { pluginReports: { violations?: unknown[] }[] };
    assert.deepEqual(report.pluginReports.flatMap(({ violations }) => violations ?? []), [], deployment);
  }
});

test('whatever is acknowledged is found without', () => {
  const found = findings([]);
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

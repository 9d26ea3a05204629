// What docs/deploy.md says that a stage costs while nobody calls, held against what is synthesized.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, dev, prod, type Template } from './outputs.ts';
import { text } from './workflows.ts';

const DEPLOY = text('docs/deploy.md');

// An alarm over a formula is paid for by the metrics that the formula has.
function watched(template: Template): number {
  const alarms = all(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const metrics = alarms.map(({ Metrics }) => (Array.isArray(Metrics) ? Metrics.filter((metric) => 'MetricStat' in (metric as object)).length : 1));
  return metrics.reduce((sum, count) => sum + count, 0);
}

test('alarms cost what their metrics beyond ten do, and nothing where nobody is told', () => {
  const metrics = watched(prod);
  assert.ok(DEPLOY.includes(`they look at ${metrics} metrics, $0.10 for each beyond ten | $${((metrics - 10) * 0.1).toFixed(2)} |`), `${metrics}`);
  assert.equal(watched(dev), 0);
});

test('there are as many rules of Contributor Insights as are paid for', () => {
  const rules = all(prod, 'AWS::CloudWatch::InsightRule').length;
  assert.ok(DEPLOY.includes(`| ${rules} rules of Contributor Insights, where somebody is told of alarms: $0.50 each, and one`), `${rules}`);
  assert.ok(DEPLOY.includes(`with a million lines is free | $${((rules - 1) * 0.5).toFixed(2)} |`), `${rules}`);
  assert.equal(all(dev, 'AWS::CloudWatch::InsightRule').length, 0);
});

test('there are as many keys and dashboards as are paid for', () => {
  const keys = all(prod, 'AWS::KMS::Key').length;
  assert.ok(DEPLOY.includes(`| KMS | ${keys} key, for the topic of alarms`), `${keys}`);
  assert.equal(all(dev, 'AWS::KMS::Key').length, 0);
  for (const template of [dev, prod]) assert.equal(all(template, 'AWS::CloudWatch::Dashboard').length, 1);
});

test('nothing is paid for by the hour', () => {
  const hourly = /^AWS::(EC2|RDS|ElasticLoadBalancing|ElastiCache|ECS|WAFv2)|VpcLink|ProvisionedConcurrency|SecretsManager/;
  for (const template of [dev, prod]) {
    for (const { Type } of Object.values(template.Resources)) assert.doesNotMatch(Type, hourly);
    for (const [, { Properties }] of all(template, 'AWS::DynamoDB::GlobalTable')) assert.equal(Properties['BillingMode'], 'PAY_PER_REQUEST');
  }
});

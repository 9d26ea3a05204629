/** Alarms: which there are, that each leads to a section of the runbook, and that what they watch is counted. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MEASURED } from '../src/constructs/alarms.ts';
import { logs, metrics, routes } from '../src/generated/program.ts';
import { all, at, deployments, dev, full, one, prod, textOf } from './outputs.ts';

const WANTED = [
  'ErrorRate',
  'Slow',
  'FunctionErrors',
  'Throttles',
  'Capacity',
  'DeadLetters',
  'QueueAge',
  'SweeperSilent',
  'VisitsBlocked',
  'Cost',
];

const alarms = all(prod, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => ({ id, Properties }));

for (const wanted of WANTED) {
  test(`there is an alarm: ${wanted}`, () => {
    assert.equal(alarms.filter(({ id }) => id.startsWith(`Alarms${wanted}`)).length, 1);
  });
}

test('there is no alarm that the list does not have', () => {
  assert.equal(alarms.length, WANTED.length);
});

test('each alarm leads to a section of its own in the runbook, with what it means, to look at and to do', () => {
  const runbook = textOf('docs/operations.md');
  const headings = [...runbook.matchAll(/^#{2,4} (.+)$/gm)].map(([, heading]) =>
    heading
      ?.toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const anchors = alarms.map(
    ({ Properties }) => /docs\/operations\.md#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1],
  );
  assert.equal(new Set(anchors).size, WANTED.length);
  for (const anchor of anchors) {
    assert.equal(
      headings.filter((heading) => heading === anchor).length,
      1,
      `docs/operations.md has no section \`${anchor}\``,
    );
    const title = runbook.split('\n').find(
      (line) =>
        line.startsWith('#') &&
        line
          .toLowerCase()
          .replace(/^#+ /, '')
          .replace(/[^a-z0-9 -]/g, '')
          .replaceAll(' ', '-') === anchor,
    );
    const section = runbook.split(`${title}\n`)[1]?.split(/\n#{2,3} /)[0] ?? '';
    for (const part of ['*Means:*', '*Look at:*', '*Do:*'])
      assert.ok(section.includes(part), `${anchor} lacks ${part}`);
  }
});

/** Of each: its threshold, of how many periods how many, their length, the statistics, and what no data counts as. */
const TOLD: Readonly<Record<string, readonly [number, number, number, number, string, string]>> = {
  ErrorRate: [1, 2, 3, 300, 'Sum', 'notBreaching'],
  Slow: [1000, 3, 3, 300, 'p99', 'notBreaching'],
  FunctionErrors: [0, 1, 1, 300, 'Sum', 'notBreaching'],
  Throttles: [10, 2, 3, 300, 'Sum', 'notBreaching'],
  Capacity: [10000, 3, 3, 300, 'Sum', 'notBreaching'],
  DeadLetters: [0, 1, 1, 300, 'Maximum', 'notBreaching'],
  QueueAge: [1800, 3, 3, 300, 'Maximum', 'notBreaching'],
  SweeperSilent: [1, 2, 2, 300, 'Sum', 'breaching'],
  // By a rule of Contributor Insights, which is no metric.
  VisitsBlocked: [20, 3, 3, 300, '', 'notBreaching'],
  Cost: [10, 1, 1, 3600, 'Sum', 'notBreaching'],
};

for (const wanted of WANTED) {
  test(`the alarm ${wanted} tells when it has to`, () => {
    const { Properties } = one(prod, 'AWS::CloudWatch::Alarm', `Alarms${wanted}`);
    const metrics = ((Properties.Metrics ?? []) as unknown[]).map((of) => at(of, 'MetricStat') ?? of);
    const ofAll = (name: string): unknown[] => [Properties[name], ...metrics.map((of) => at(of, name))];
    const statistics = new Set(
      [...ofAll('Statistic'), ...ofAll('ExtendedStatistic'), ...ofAll('Stat')].filter(Boolean),
    );
    const periods = new Set(ofAll('Period').filter(Boolean));
    const { Threshold, DatapointsToAlarm, EvaluationPeriods, TreatMissingData, ComparisonOperator } = Properties;
    assert.deepEqual(
      [Threshold, DatapointsToAlarm, EvaluationPeriods, [...periods].join(), [...statistics].join(), TreatMissingData],
      TOLD[wanted]?.map((of, nth) => (nth === 3 ? String(of) : of)),
    );
    const expected = wanted === 'SweeperSilent' ? 'LessThanThreshold' : 'GreaterThanThreshold';
    assert.equal(ComparisonOperator, expected);
  });
}

test('where few people call, a program that only fails is told of, and one call that failed is not', () => {
  const metrics = one(prod, 'AWS::CloudWatch::Alarm', 'AlarmsErrorRate').Properties.Metrics as unknown[];
  const expression = metrics.map((of) => at(of, 'Expression')).find((of) => typeof of === 'string');
  const [, fewest = ''] = /^IF\(failed >= (\d+), 100 \* failed \/ calls, 0\)$/.exec(String(expression)) ?? [];
  const share = (failed: number, calls: number): number => (failed >= Number(fewest) ? (100 * failed) / calls : 0);
  const rows: readonly (readonly [number, number, boolean])[] = [
    [3, 3, true],
    [5, 20, true],
    [1, 1, false],
    [20, 5000, false],
  ];
  for (const [failed, calls, isTold] of rows) assert.equal(share(failed, calls) > 1, isTold, `${failed} of ${calls}`);
});

test('each alarm tells when it comes and when it goes', () => {
  for (const { Properties } of alarms) {
    for (const actions of [Properties.AlarmActions, Properties.OKActions])
      assert.equal((actions as unknown[]).length, 1);
  }
});

test('a topic that is there is told; an address gets a topic that is encrypted and speaks TLS only', () => {
  assert.deepEqual(all(full, 'AWS::SNS::Topic'), []);
  assert.deepEqual(one(full, 'AWS::CloudWatch::Alarm', 'AlarmsCost').Properties.AlarmActions, [
    'arn:aws:sns:eu-central-1:123456789012:ops',
  ]);
  assert.notEqual(one(prod, 'AWS::SNS::Topic').Properties.KmsMasterKeyId, undefined);
  assert.equal(one(prod, 'AWS::KMS::Key').Properties.EnableKeyRotation, true);
  assert.deepEqual(one(prod, 'AWS::SNS::Subscription').Properties.Protocol, 'email');
  const statements = at(one(prod, 'AWS::SNS::TopicPolicy'), 'Properties', 'PolicyDocument', 'Statement') as unknown[];
  assert.deepEqual(statements.map((of) => at(of, 'Effect')).toSorted(), ['Allow', 'Deny']);
});

test('dev pays for no alarm that nobody hears', () => {
  assert.deepEqual(all(dev, 'AWS::CloudWatch::Alarm'), []);
});

test('a sweeper that says nothing is an alarm, not a lack of one', () => {
  assert.equal(one(prod, 'AWS::CloudWatch::Alarm', 'AlarmsSweeperSilent').Properties.TreatMissingData, 'breaching');
});

test('whatever is watched of the program is counted by it, with the dimensions that it has', () => {
  const source = textOf('wishlist-service/src/function_metrics.rs');
  assert.match(source, new RegExp(`NAMESPACE: &str = "${metrics.namespace}"`));
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (at(value, 'Namespace') === metrics.namespace) {
      const name = String(at(value, 'MetricName'));
      assert.ok(source.includes(`"${name}"`), name);
      const dimensions = (at(value, 'Dimensions') as unknown[]).map((of) => String(at(of, 'Name')));
      const wanted = [metrics.dimension, ...metrics.names[name as keyof typeof metrics.names].dimensions];
      assert.deepEqual(dimensions.toSorted(), wanted.toSorted());
      found.add(name);
    }
    Object.values(value).forEach(visit);
  };
  visit(prod);
  assert.deepEqual([...found].toSorted(), ['Panics', 'Sweeps']);
});

test('blocked visits are counted by the words of the worker\'s own lines', () => {
  const body = JSON.stringify(one(prod, 'AWS::CloudWatch::InsightRule', 'AlarmsBlockedVisits').Properties.RuleBody);
  for (const field of ['host', 'outcome', 'code'] as const) {
    assert.ok(logs.fields.includes(field) && body.includes(`$.${field}`), field);
  }
  assert.ok(body.includes(logs.blocked));
  assert.match(textOf('wishlist-core/src/model/item.rs'), new RegExp(`\\b${logs.blocked},`));
  assert.match(
    textOf('wishlist-scraper/src/worker.rs'),
    /tracing::info!\(host, outcome, code = code\.map\(tracing::field::debug\)/,
  );
});

test('what is measured for its speed waits for nothing', () => {
  const measured = routes.filter(({ operation }) => MEASURED.includes(operation));
  assert.equal(measured.length, MEASURED.length);
  const { paths } = JSON.parse(textOf('openapi.json')) as { paths: unknown };
  for (const { path, method } of measured) {
    const parameters = (at(paths, path, method.toLowerCase(), 'parameters') ?? []) as unknown[];
    assert.ok(!parameters.some((parameter) => at(parameter, 'name') === 'wait'), path);
  }
});

test('no alarm is made of more than ten metrics, which is all that one takes', () => {
  for (const template of Object.values(deployments)) {
    for (const [id, alarm] of all(template, 'AWS::CloudWatch::Alarm')) {
      const used = ((alarm.Properties.Metrics ?? []) as unknown[]).filter((of) => at(of, 'MetricStat') !== undefined);
      assert.ok(used.length <= 10, `${id} has ${used.length}`);
    }
  }
});

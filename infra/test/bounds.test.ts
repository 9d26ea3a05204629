/** What is kept, what is repeated, and how much of the account's concurrency those that wait may hold. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { limits, routes } from '../src/generated/program.ts';
import { stackName } from '../src/program.ts';
import { all, at, deployments, dev, full, idOf, isProtected, one, prod, type Template } from './outputs.ts';

/** Names a test for each deployment. */
function each(name: string, check: (template: Template) => void): void {
  test(name, () => {
    for (const template of Object.values(deployments)) check(template);
  });
}

test('what was logged stays as long as the settings say, whatever becomes of the stack, in `prod`', () => {
  for (const template of [dev, prod, full]) {
    const policy = template === dev ? 'Delete' : 'Retain';
    const groups = all(template, 'AWS::Logs::LogGroup');
    assert.equal(groups.length, 4);
    for (const [id, group] of groups) {
      assert.deepEqual([group.DeletionPolicy, group.UpdateReplacePolicy], [policy, policy], id);
    }
  }
});

test('the stack itself cannot be deleted in `prod`', () => {
  const told = (['dev', 'prod', 'full'] as const).map((of) =>
    isProtected(of, stackName(of === 'dev' ? 'dev' : 'prod')),
  );
  assert.deepEqual(told, [false, true, true]);
});

each('a sweep that failed is repeated by nobody but the clock', (template) => {
  const retry = at(one(template, 'AWS::Scheduler::Schedule'), 'Properties', 'Target', 'RetryPolicy');
  assert.deepEqual(retry, { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  const { Properties } = one(template, 'AWS::Lambda::EventInvokeConfig');
  assert.match(String(idOf(Properties.FunctionName)), /^SweepFunction/);
  assert.deepEqual([Properties.MaximumRetryAttempts, Properties.MaximumEventAgeInSeconds], [0, 60]);
});

/** How many functions an account has at a time, until it asks for more. */
const ACCOUNT = 1000;

each('calls that wait are bounded on their own, and by a low rate leave functions to all others', (template) => {
  const waiting = routes.filter(({ waits }) => waits).flatMap(({ path }) => [`GET ${path}`, `HEAD ${path}`]);
  assert.equal(waiting.length, 4);
  const { RouteSettings } = one(template, 'AWS::ApiGatewayV2::Stage').Properties as {
    RouteSettings: Record<string, unknown>;
  };
  assert.deepEqual(Object.keys(RouteSettings).toSorted(), waiting.toSorted());
  const rate = template === full ? 15 : template === prod ? 1000 : 5;
  let held = 0;
  for (const [key, of] of Object.entries(RouteSettings)) {
    const expected = key.startsWith('HEAD ') ? 1 : rate;
    assert.deepEqual(of, {
      ThrottlingRateLimit: expected,
      ThrottlingBurstLimit: expected,
      DetailedMetricsEnabled: true,
    });
    held += expected + expected * limits.longestWaitSeconds;
  }
  // At the fallback of `prod` nothing is bounded beyond the rate of all: what clients call most is among these operations.
  assert.equal(held < 0.9 * ACCOUNT, template !== prod, `${held}`);
});

each('the stage comes after the routes that it has settings of', (template) => {
  const stage = one(template, 'AWS::ApiGatewayV2::Stage');
  const before = all(template, 'AWS::ApiGatewayV2::Route').filter(([id]) => stage.DependsOn?.includes(id));
  const keys = before.map(([, route]) => String(at(route, 'Properties', 'RouteKey')));
  assert.deepEqual(keys.toSorted(), Object.keys(stage.Properties.RouteSettings as object).toSorted());
});

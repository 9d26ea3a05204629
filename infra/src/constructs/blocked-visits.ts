/**
 * Visits that a shop answers with a robot check, by host. Hosts are no dimensions of a metric, for each would be paid for; a
 * rule of Contributor Insights counts them in the lines of the worker.
 */

import { Duration } from 'aws-cdk-lib';
import { CfnInsightRule, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { logs } from '../generated/program.ts';
import type { ProgramFunction } from './functions.ts';

type Field = (typeof logs.fields)[number];

const field = (name: Field): string => `$.${name}`;

/** The fewest visits of a period of which a share says anything. */
const FEWEST = 20;

/** The visits that the host which blocks most of them blocked, in percent of all visits. */
export function blockedShare(scope: Construct, worker: ProgramFunction): MathExpression {
  const ended = { Match: field('outcome'), IsPresent: true };
  const visits = rule(scope, 'Visits', worker, [ended]);
  const blocked = rule(scope, 'BlockedVisits', worker, [ended, { Match: field('code'), In: [logs.blocked] }]);
  const of = (name: string, value: string): string => `FILL(INSIGHT_RULE_METRIC("${name}", "${value}"), 0)`;
  const [most, all] = [of(blocked, 'MaxContributorValue'), of(visits, 'Sum')];
  return new MathExpression({
    expression: `IF(${all} > ${FEWEST}, 100 * ${most} / ${all}, 0)`,
    usingMetrics: {},
    label: 'visits that one shop blocked, in percent',
    period: Duration.minutes(5),
  });
}

/** Makes a rule that counts lines by their host, and answers its name. */
function rule(scope: Construct, id: string, worker: ProgramFunction, filters: readonly object[]): string {
  const body = {
    Schema: { Name: 'CloudWatchLogRule', Version: 1 },
    LogGroupNames: [worker.logs.logGroupName],
    LogFormat: 'JSON',
    Contribution: { Keys: [field('host')], Filters: filters },
    AggregateOn: 'Count',
  };
  // A rule has no name but one that is given to it; the function's is nobody else's.
  const ruleName = `${worker.lambda.functionName}-${id}`;
  const made = new CfnInsightRule(scope, id, { ruleName, ruleState: 'ENABLED', ruleBody: worker.lambda.stack.toJsonString(body) });
  return made.ruleName;
}

/** The metrics that alarms and the dashboard are made of: those of the program by its own names, those of AWS by AWS' own. */

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

import { metrics, table as keys } from '../generated/program.ts';
import type { Functions, ProgramFunction, RoleName } from './functions.ts';
import type { Gateway } from './gateway.ts';
import type { Queues } from './queue.ts';
import type { Settings } from '../settings.ts';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';

/** What is watched. */
export interface Watched {
  readonly settings: Settings;
  readonly table: TableV2;
  readonly queues: Queues;
  readonly gateway: Gateway;
  readonly functions: Functions;
}

const FIVE_MINUTES = Duration.minutes(5);

type Counted = keyof typeof metrics.names;

/** A metric that a function of the program counts, with values for the dimensions that it has beside the function. */
export function counted(of: ProgramFunction, name: Counted, values: Readonly<Record<string, string>> = {}, statistic = 'Sum'): Metric {
  const wanted: readonly string[] = metrics.names[name].dimensions;
  if (wanted.length !== Object.keys(values).length || !wanted.every((dimension) => dimension in values)) {
    throw new Error(`the metric \`${name}\` has the dimensions \`${wanted.join('`, `')}\`; expected a value for each`);
  }
  return new Metric({
    namespace: metrics.namespace,
    metricName: name,
    dimensionsMap: { [metrics.dimension]: of.lambda.functionName, ...values },
    statistic,
    period: FIVE_MINUTES,
  });
}

/** A metric of the whole API, or of one of its routes. */
export function ofApi({ api, stage }: Gateway, metricName: string, statistic: string, route?: { method: string; path: string }): Metric {
  const of = route === undefined ? {} : { Method: route.method, Resource: route.path };
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: api.apiId, Stage: stage.stageName, ...of },
    statistic,
    period: FIVE_MINUTES,
  });
}

/** A metric of the table, or of its index. */
export function ofTable(table: TableV2, metricName: string, of: 'table' | 'index', period = FIVE_MINUTES): Metric {
  const index: Record<string, string> = of === 'index' ? { GlobalSecondaryIndexName: keys.index.name } : {};
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName, ...index },
    statistic: 'Sum',
    period,
  });
}

/** A metric of AWS Lambda's for each function, under the function's role. */
export function ofFunctions(functions: Functions, metricName: string, period = FIVE_MINUTES): Record<RoleName, IMetric> {
  const of = ({ lambda }: ProgramFunction): Metric => lambda.metric(metricName, { statistic: 'Sum', period });
  return { api: of(functions.api), worker: of(functions.worker), sweep: of(functions.sweep) };
}

/** The sum of metrics; what is not there counts as nothing. */
export function sumOf(usingMetrics: Record<string, IMetric>, label: string, factor = '', period = FIVE_MINUTES): MathExpression {
  const terms = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: `(${terms.join(' + ')})${factor}`, usingMetrics, label, period });
}

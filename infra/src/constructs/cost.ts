/** What is used, in dollars: a bill comes a day late, and a loop costs by the minute. Storage and logs come on top. */

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

import { prices } from '../generated/program.ts';
import { MEMORY, type RoleName } from './functions.ts';
import { type Watched, ofApi, ofFunctions, ofTable } from './metrics.ts';

const HOUR = Duration.hours(1);

/** x86-64 costs a quarter more than arm64. */
const DEARER = { arm64: 1, x86_64: 1.25 } as const;

/** A metric, and what one of it costs. */
interface Priced {
  readonly metric: IMetric;
  readonly dollars: number;
}

/** An alarm takes no more than ten metrics, so what costs next to nothing is left out: the calls of worker and sweeper. */
export function dollarsPerHour({ settings, table, queues, gateway, functions }: Watched): MathExpression {
  const read = prices.millionReadUnits / 1e6;
  const write = prices.millionWriteUnits / 1e6;
  const durations = ofFunctions(functions, 'Duration', HOUR);
  const millisecond = (name: RoleName): number =>
    (prices.gigabyteSecond * DEARER[settings.architecture] * MEMORY[name]) / 1024 / 1000;
  const priced: Record<string, Priced> = {
    reads: { metric: ofTable(table, 'ConsumedReadCapacityUnits', 'table', HOUR), dollars: read },
    writes: { metric: ofTable(table, 'ConsumedWriteCapacityUnits', 'table', HOUR), dollars: write * (1 + settings.replicaRegions.length) },
    indexReads: { metric: ofTable(table, 'ConsumedReadCapacityUnits', 'index', HOUR), dollars: read },
    indexWrites: { metric: ofTable(table, 'ConsumedWriteCapacityUnits', 'index', HOUR), dollars: write * (1 + settings.replicaRegions.length) },
    calls: { metric: ofApi(gateway, 'Count', 'Sum').with({ period: HOUR }), dollars: (prices.millionCalls + prices.millionInvocations) / 1e6 },
    // Sent, received and deleted.
    messages: { metric: queues.queue.metricNumberOfMessagesSent({ statistic: 'Sum', period: HOUR }), dollars: (3 * prices.millionMessages) / 1e6 },
    api: { metric: durations.api, dollars: millisecond('api') },
    worker: { metric: durations.worker, dollars: millisecond('worker') },
    sweep: { metric: durations.sweep, dollars: millisecond('sweep') },
  };
  const terms = Object.entries(priced).map(([name, { dollars }]) => `FILL(${name}, 0) * ${dollars.toFixed(14)}`);
  return new MathExpression({
    expression: terms.join(' + '),
    usingMetrics: Object.fromEntries(Object.entries(priced).map(([name, { metric }]) => [name, metric])),
    label: 'dollars an hour',
    period: HOUR,
  });
}

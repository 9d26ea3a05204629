/** What somebody is woken for. Each alarm leads to its own section of `docs/operations.md`, where a test looks for it. */

import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';

import { routes } from '../generated/program.ts';
import { blockedShare } from './blocked-visits.ts';
import { dollarsPerHour } from './cost.ts';
import { type Watched, counted, ofApi, ofFunctions, ofTable, sumOf } from './metrics.ts';
import { makeTarget } from './target.ts';

/** The runbook, as everybody can read it. */
const RUNBOOK = 'https://github.com/smart-wishlist/smart-wishlist/blob/main/docs/operations.md';

/** Operations of the main job, of which none waits for anything but the table. */
export const MEASURED: readonly string[] = [
  'find_me',
  'list_wishlists',
  'create_wishlist',
  'find_wishlist',
  'add_item',
  'update_item',
];

/**
 * The fewest failures of five minutes that a share is told of. It is no number of calls, because where few people call, a
 * program that answers nothing else than `5xx` would wake nobody.
 */
const FEWEST_FAILED = 3;

interface Watch {
  /** The id, and the title of its section with dashes for spaces. */
  readonly id: string;
  readonly section: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Of how many periods how many have to be above. */
  readonly of: readonly [number, number];
  readonly missing?: TreatMissingData;
  /** Set where it tells below the threshold and not above. */
  readonly isBelow?: boolean;
}

/** Makes them, where anybody is to be told: an alarm that nobody hears costs as much. */
export function makeAlarms(scope: Construct, watched: Watched): readonly Alarm[] {
  const { alarmTarget } = watched.settings;
  if (alarmTarget === undefined) return [];
  // A scope of their own keeps their ids apart from the things that they watch.
  const place = new Construct(scope, 'Alarms');
  const action = new SnsAction(makeTarget(place, alarmTarget));
  return [...ofCalls(watched), ...ofBackground(place, watched), ...ofMoney(watched)].map((watch) => {
    const alarm = makeAlarm(place, watch);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

function makeAlarm(scope: Construct, watch: Watch): Alarm {
  const [datapointsToAlarm, evaluationPeriods] = watch.of;
  return new Alarm(scope, watch.id, {
    alarmDescription: `${watch.says}. What to do: ${RUNBOOK}#${watch.section}`,
    metric: watch.metric,
    threshold: watch.above,
    datapointsToAlarm,
    evaluationPeriods,
    comparisonOperator:
      watch.isBelow === true ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: watch.missing ?? TreatMissingData.NOT_BREACHING,
  });
}

function ofCalls({ gateway, functions, table, settings }: Watched): Watch[] {
  const failed = new MathExpression({
    expression: `IF(failed >= ${FEWEST_FAILED}, 100 * failed / calls, 0)`,
    usingMetrics: { failed: ofApi(gateway, '5xx', 'Sum'), calls: ofApi(gateway, 'Count', 'Sum') },
    label: 'calls answered 5xx, in percent',
  });
  const measured = routes.filter(({ operation }) => MEASURED.includes(operation));
  const slowest = new MathExpression({
    expression: 'MAX(METRICS())',
    usingMetrics: Object.fromEntries(
      measured.map((route, nth) => [`route${nth}`, ofApi(gateway, 'Latency', 'p99', route)]),
    ),
    label: '99th percentile of the slowest operation, in milliseconds',
  });
  const errors = sumOf(
    {
      ...ofFunctions(functions, 'Errors'),
      panics: counted(functions.api, 'Panics'),
      lost: counted(functions.worker, 'Panics'),
    },
    'calls of functions that failed, and panics',
  );
  const throttled = sumOf({
    ...ofFunctions(functions, 'Throttles'),
    reads: ofTable(table, 'ReadThrottleEvents', 'table'),
    writes: ofTable(table, 'WriteThrottleEvents', 'table'),
    indexReads: ofTable(table, 'ReadThrottleEvents', 'index'),
    indexWrites: ofTable(table, 'WriteThrottleEvents', 'index'),
  }, 'calls that AWS did not take');
  const capacity = sumOf({
    reads: ofTable(table, 'ConsumedReadCapacityUnits', 'table'),
    writes: ofTable(table, 'ConsumedWriteCapacityUnits', 'table'),
  }, 'capacity units a second', ' / 300');
  return [
    {
      id: 'ErrorRate',
      section: 'alarm-errors',
      says: 'more than 1 % of the calls are answered 5xx, three or more in five minutes',
      metric: failed,
      above: 1,
      of: [2, 3],
    },
    {
      id: 'Slow',
      section: 'alarm-slow',
      says: 'of an operation that waits for nothing, 1 % of the calls take more than 1 s',
      metric: slowest,
      above: 1000,
      of: [3, 3],
    },
    {
      id: 'FunctionErrors',
      section: 'alarm-function-errors',
      says: 'calls of functions fail as a whole, or the program panics',
      metric: errors,
      above: 0,
      of: [1, 1],
    },
    {
      id: 'Throttles',
      section: 'alarm-throttles',
      says: 'AWS does not take calls of functions or of the table',
      metric: throttled,
      above: 10,
      of: [2, 3],
    },
    // A call uses some ten units (`docs/generated/cost-ledger.md`), so this is more than the gateway's throttle lets in.
    {
      id: 'Capacity',
      section: 'alarm-capacity',
      says: 'the table is used more than the calls that are let in explain',
      metric: capacity,
      above: 10 * settings.throttleRate,
      of: [3, 3],
    },
  ];
}

function ofBackground(scope: Construct, { queues, functions }: Watched): Watch[] {
  return [
    {
      id: 'DeadLetters',
      section: 'alarm-dead-letters',
      says: 'messages ended among the dead letters',
      metric: queues.deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      above: 0,
      of: [1, 1],
    },
    {
      // A message may wait for a quarter of an hour by its own delay.
      id: 'QueueAge',
      section: 'alarm-queue-age',
      says: 'background work waits for more than half an hour',
      metric: queues.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
      above: 1800,
      of: [3, 3],
    },
    {
      id: 'SweeperSilent',
      section: 'alarm-sweeper-silent',
      says: 'no sweep succeeded for ten minutes',
      metric: counted(functions.sweep, 'Sweeps', { outcome: 'ok' }),
      above: 1,
      isBelow: true,
      of: [2, 2],
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'VisitsBlocked',
      section: 'alarm-visits-blocked',
      says: 'one shop alone answers more than a fifth of all visits with a robot check',
      metric: blockedShare(scope, functions.worker),
      above: 20,
      of: [3, 3],
    },
  ];
}

function ofMoney(watched: Watched): Watch[] {
  return [{
    id: 'Cost', section: 'alarm-cost', says: 'what is used costs more an hour than the setting `costPerHour` has',
    metric: dollarsPerHour(watched), above: watched.settings.costPerHour, of: [1, 1],
  }];
}

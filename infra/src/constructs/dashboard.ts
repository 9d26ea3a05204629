/** What somebody looks at first, on one page. */

import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { dollarsPerHour } from './cost.ts';
import { type Watched, counted, ofApi, ofFunctions, ofTable } from './metrics.ts';

export function makeDashboard(scope: Construct, watched: Watched, alarms: readonly Alarm[]): Dashboard {
  const { gateway, functions, table, queues } = watched;
  const dashboard = new Dashboard(scope, 'Dashboard');
  const graph = (title: string, left: IMetric[], right: IMetric[] = []) => new GraphWidget({ title, left, right, width: 12 });
  if (alarms.length > 0) dashboard.addWidgets(new AlarmStatusWidget({ alarms: [...alarms], width: 24, height: 3 }));
  dashboard.addWidgets(
    graph('Calls', [ofApi(gateway, 'Count', 'Sum'), ofApi(gateway, '4xx', 'Sum'), ofApi(gateway, '5xx', 'Sum')]),
    graph('Time of calls, those that wait included', [ofApi(gateway, 'Latency', 'p50'), ofApi(gateway, 'Latency', 'p99')]),
  );
  dashboard.addWidgets(
    graph('Functions: errors and throttles', [...Object.values(ofFunctions(functions, 'Errors')), ...Object.values(ofFunctions(functions, 'Throttles'))]),
    graph('Functions: at a time', Object.values(functions).map(({ lambda }) => lambda.metric('ConcurrentExecutions', { statistic: 'Maximum' }))),
  );
  dashboard.addWidgets(
    graph('Queue', [queues.queue.metricApproximateNumberOfMessagesVisible(), queues.deadLetters.metricApproximateNumberOfMessagesVisible()], [queues.queue.metricApproximateAgeOfOldestMessage()]),
    graph('Visits and sweeps', [counted(functions.worker, 'VisitDuration', {}, 'SampleCount'), counted(functions.sweep, 'SweptRecords')], [counted(functions.worker, 'VisitDuration', {}, 'p90')]),
  );
  dashboard.addWidgets(
    graph('Table: capacity', [ofTable(table, 'ConsumedReadCapacityUnits', 'table'), ofTable(table, 'ConsumedWriteCapacityUnits', 'table')], [ofTable(table, 'ReadThrottleEvents', 'table'), ofTable(table, 'WriteThrottleEvents', 'table')]),
    graph('Dollars an hour', [dollarsPerHour(watched)]),
  );
  return dashboard;
}

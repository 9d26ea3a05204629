/** What calls the worker and the sweeper: the queue, and a clock. */

import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { limits } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import type { ProgramFunction } from './functions.ts';

/** As many messages as the worker visits pages at once, less those that wait for their turn at a batch's end. */
const BATCH = 5;

/**
 * Hands messages to the worker. Its concurrency is bounded here and not by reserving any: what is reserved for one function is
 * taken from all others of the account, and a batch that is throttled counts as received.
 */
export function consume(worker: ProgramFunction, queue: Queue, settings: Settings): EventSourceMapping {
  return new EventSourceMapping(worker.lambda, 'Messages', {
    target: worker.lambda,
    eventSourceArn: queue.queueArn,
    batchSize: BATCH,
    // A person waits for the first visit.
    maxBatchingWindow: Duration.seconds(0),
    maxConcurrency: settings.workerConcurrency,
    reportBatchItemFailures: true,
  });
}

/** Calls the sweeper. A call that is missed is made up for by the next, so none is repeated. */
export function schedule(scope: Construct, sweep: ProgramFunction): CfnSchedule {
  const { account } = Stack.of(scope);
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweep.lambda.functionArn] }));
  const minutes = limits.sweepEverySeconds / 60;
  // The clock hands a call over and AWS Lambda makes it, which would try a sweep that failed twice more by itself.
  sweep.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(limits.sweepEverySeconds) });
  const made = new CfnSchedule(scope, 'Schedule', {
    scheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: sweep.lambda.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: limits.sweepEverySeconds },
    },
  });
  // The first call comes when the schedule is there, and the role's policy may come after it.
  made.node.addDependency(role);
  return made;
}

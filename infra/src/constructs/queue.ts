/** The queue that starts background work, and that of its dead letters. */

import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { limits } from '../generated/program.ts';
import { TIMEOUTS } from './functions.ts';

export interface Queues {
  readonly queue: Queue;
  readonly deadLetters: Queue;
}

/** A queue can be removed with its stack in any stage: what a message asks for is due in the table, and is sent again. */
export function makeQueues(scope: Construct): Queues {
  const deadLetters = new Queue(scope, 'DeadLetters', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // The longest there is, so that a letter outlives a holiday.
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(scope, 'Queue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(4),
    visibilityTimeout: Duration.seconds(limits.timeoutsHidden * TIMEOUTS.worker),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: limits.mostReceives },
  });
  return { queue, deadLetters };
}

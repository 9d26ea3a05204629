/**
 * What each role may do, all of it. An action that no recorded call of the role used needs its reason here; a test says so.
 *
 * A transaction is no action of IAM: it needs those of its changes. Where a key is part of the call, only partitions of these
 * kinds may be named, so that a role that is broken into cannot read what it has no use for. IAM knows no sort keys.
 */

import { partitions } from '../generated/program.ts';
import type { RoleName } from './functions.ts';

type Kind = keyof typeof partitions;

export interface Grant {
  readonly actions: readonly string[];
  readonly on: 'table' | 'index' | 'queue' | 'pool' | 'logs' | 'traces';
  /** The kinds of partitions; of the whole resource where it has none. */
  readonly kinds?: readonly Kind[];
  /** Why an action is there that the program itself does not call. */
  readonly unused?: Readonly<Record<string, string>>;
}

const RUNTIME = 'AWS Lambda does it with the role of the function, and no call of the program';

/** What every function needs of its surroundings. */
const OF_ALL: readonly Grant[] = [
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: 'logs',
    unused: { 'logs:CreateLogStream': RUNTIME, 'logs:PutLogEvents': RUNTIME },
  },
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], on: 'traces',
    unused: { 'xray:PutTraceSegments': RUNTIME, 'xray:PutTelemetryRecords': RUNTIME },
  },
];

export const GRANTS: Readonly<Record<RoleName, readonly Grant[]>> = {
  api: [
    ...OF_ALL,
    { actions: ['dynamodb:GetItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'host', 'idempotency', 'rate'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'host', 'idempotency', 'rate', 'job'] },
    { actions: ['dynamodb:DeleteItem', 'dynamodb:Query'], on: 'table', kinds: ['user', 'wishlist', 'page'] },
    { actions: ['dynamodb:ConditionCheckItem'], on: 'table', kinds: ['wishlist', 'page'] },
    { actions: ['sqs:SendMessage'], on: 'queue' },
    { actions: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminUserGlobalSignOut'], on: 'pool' },
  ],
  worker: [
    ...OF_ALL,
    { actions: ['dynamodb:GetItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'host', 'idempotency', 'rate', 'job'] },
    { actions: ['dynamodb:BatchGetItem'], on: 'table', kinds: ['wishlist', 'page', 'host', 'idempotency', 'job'] },
    { actions: ['dynamodb:PutItem'], on: 'table', kinds: ['wishlist', 'page', 'host', 'job'] },
    // Who is erased leaves nothing: their records are found by their partition, and removed.
    { actions: ['dynamodb:DeleteItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'idempotency', 'rate', 'job'] },
    { actions: ['dynamodb:Query'], on: 'table', kinds: ['user', 'wishlist', 'page', 'idempotency', 'rate'] },
    { actions: ['dynamodb:ConditionCheckItem'], on: 'table', kinds: ['page', 'wishlist'] },
    { actions: ['sqs:SendMessage'], on: 'queue' },
    {
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], on: 'queue',
      unused: { 'sqs:ReceiveMessage': RUNTIME, 'sqs:DeleteMessage': RUNTIME, 'sqs:GetQueueAttributes': RUNTIME },
    },
    { actions: ['cognito-idp:AdminDeleteUser', 'cognito-idp:AdminUserGlobalSignOut'], on: 'pool' },
  ],
  sweep: [
    ...OF_ALL,
    { actions: ['dynamodb:Query'], on: 'index', kinds: ['due'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], on: 'table', kinds: ['wishlist', 'page', 'job'] },
    { actions: ['sqs:SendMessage'], on: 'queue' },
  ],
};

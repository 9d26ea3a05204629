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
  /** Why an action of a kind of partition is there that no recorded call named, under both. */
  readonly unnamed?: Readonly<Record<string, string>>;
}

const RUNTIME = 'AWS Lambda does it with the role of the function, and no call of the program';

const LOST_REPLY = 'behind a lost reply the program reads what it wrote, which no emulator loses';

const unnamed = (action: string, why: string, ...kinds: Kind[]) =>
  Object.fromEntries(kinds.map((kind) => [`${action} ${partitions[kind]}`, why]));

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

const OF_API: readonly Kind[] = ['user', 'wishlist', 'page', 'host', 'idempotency', 'rate', 'job'];
const OF_WORKER: readonly Kind[] = OF_API;
const OF_SWEEP: readonly Kind[] = ['wishlist', 'page', 'job'];

export const GRANTS: Readonly<Record<RoleName, readonly Grant[]>> = {
  api: [
    ...OF_ALL,
    { actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], on: 'table', kinds: OF_API, unnamed: unnamed('dynamodb:GetItem', LOST_REPLY, 'job') },
    { actions: ['dynamodb:DeleteItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'idempotency'] },
    { actions: ['dynamodb:Query'], on: 'table', kinds: ['user', 'wishlist', 'page'] },
    { actions: ['dynamodb:ConditionCheckItem'], on: 'table', kinds: ['wishlist', 'page'] },
    { actions: ['sqs:SendMessage'], on: 'queue' },
    { actions: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminUserGlobalSignOut'], on: 'pool' },
  ],
  worker: [
    ...OF_ALL,
    { actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], on: 'table', kinds: OF_WORKER, unnamed: unnamed('dynamodb:BatchGetItem', LOST_REPLY, 'user', 'rate') },
    { actions: ['dynamodb:PutItem'], on: 'table', kinds: ['wishlist', 'page', 'host', 'job'] },
    // Who is erased leaves nothing: their records are found by their partition, and removed.
    { actions: ['dynamodb:DeleteItem'], on: 'table', kinds: ['user', 'wishlist', 'page', 'idempotency', 'rate', 'job'] },
    { actions: ['dynamodb:Query'], on: 'table', kinds: ['user', 'wishlist', 'page', 'idempotency', 'rate'] },
    { actions: ['dynamodb:ConditionCheckItem'], on: 'table', kinds: ['page'] },
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
    { actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], on: 'table', kinds: OF_SWEEP },
    { actions: ['sqs:SendMessage'], on: 'queue' },
  ],
};

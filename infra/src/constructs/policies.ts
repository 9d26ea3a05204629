/** Makes policies of the grants. */

import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

import { partitions, table as keys } from '../generated/program.ts';
import type { Functions, ProgramFunction } from './functions.ts';
import { GRANTS, type Grant } from './grants.ts';
import type { People } from './people.ts';

export interface Granted {
  readonly table: TableV2;
  readonly queue: Queue;
  readonly people: People;
}

export function grant(functions: Functions, granted: Granted): void {
  for (const of of Object.values(functions)) {
    for (const one of GRANTS[of.name]) of.role.addToPolicy(statement(one, of, granted));
  }
}

function statement({ actions, on, kinds }: Grant, of: ProgramFunction, granted: Granted): PolicyStatement {
  const made = new PolicyStatement({ actions: [...actions], resources: [arnOf(on, of, granted)] });
  if (kinds === undefined) return made;
  made.addCondition('ForAllValues:StringLike', { 'dynamodb:LeadingKeys': kinds.map((kind) => `${partitions[kind]}*`) });
  // `ForAllValues` holds of a call that names no key at all.
  made.addCondition('Null', { 'dynamodb:LeadingKeys': 'false' });
  return made;
}

function arnOf(on: Grant['on'], { logs }: ProgramFunction, { table, queue, people }: Granted): string {
  switch (on) {
    case 'table': return table.tableArn;
    case 'index': return `${table.tableArn}/index/${keys.index.name}`;
    case 'queue': return queue.queueArn;
    case 'pool': return people.poolArn;
    case 'logs': return logs.logGroupArn;
    case 'traces': return '*';
  }
}

/**
 * Every call that a role made of AWS while the whole scenario ran is allowed by its policy, and what is allowed was called or
 * has a reason. `cargo xtask record-calls` writes them down, by a proxy in front of the emulator.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { GRANTS } from '../src/constructs/grants.ts';
import { partitions } from '../src/generated/program.ts';
import { all, at, deployments, idOf, prod, root, type Template } from './outputs.ts';

const ROLES = ['api', 'worker', 'sweep'] as const;
type Role = (typeof ROLES)[number];

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly partitions?: readonly string[];
  /** A call that Cognito takes from anybody. */
  readonly signed?: boolean;
}

const calls = JSON.parse(readFileSync(join(root, 'infra/src/generated/calls.json'), 'utf8')) as Record<Role, readonly Call[]>;

interface Statement {
  readonly actions: readonly string[];
  readonly resource: string;
  /** How partition keys may begin; any where there is no condition. */
  readonly prefixes: readonly string[] | undefined;
}

/** The kind of thing that an ARN of the template names. */
function resourceOf(resource: unknown): string {
  if (resource === '*') return 'traces';
  const joined = at(resource, 'Fn::Join', 1);
  if (Array.isArray(joined)) {
    const text = joined.filter((part) => typeof part === 'string').join('');
    if (text.includes('/index/')) return 'index';
    if (text.includes(':userpool/')) return 'pool';
  }
  const kinds: [RegExp, string][] = [[/^Table/, 'table'], [/^Queue/, 'queue'], [/^DeadLetters/, 'dead letters'], [/^People/, 'pool'], [/Logs/, 'logs']];
  return kinds.find(([pattern]) => pattern.test(idOf(resource) ?? ''))?.[1] ?? JSON.stringify(resource);
}

/** What the template lets a role do. */
function policyOf(template: Template, role: Role): Statement[] {
  const id = `${role.charAt(0).toUpperCase()}${role.slice(1)}Role`;
  const policies = all(template, 'AWS::IAM::Policy').filter(([, of]) => (at(of, 'Properties', 'Roles') as unknown[]).some((one) => idOf(one)?.startsWith(id)));
  assert.equal(policies.length, 1, `expected one policy of ${role}`);
  return (at(policies[0]?.[1], 'Properties', 'PolicyDocument', 'Statement') as unknown[]).map((statement) => {
    assert.equal(at(statement, 'Effect'), 'Allow');
    const keys = at(statement, 'Condition', 'ForAllValues:StringLike', 'dynamodb:LeadingKeys');
    if (keys !== undefined) assert.deepEqual(at(statement, 'Condition', 'Null'), { 'dynamodb:LeadingKeys': 'false' });
    const patterns = keys === undefined ? undefined : [keys].flat().map(String);
    patterns?.forEach((pattern) => assert.match(pattern, /^[A-Z]+#\*$/));
    return {
      actions: [at(statement, 'Action')].flat().map(String),
      resource: resourceOf(at(statement, 'Resource')),
      prefixes: patterns?.map((pattern) => pattern.slice(0, -1)),
    };
  });
}

/** Whether one statement lets all partitions of a call be named: of a call's keys IAM asks for all in the same statement. */
function allows(policy: readonly Statement[], action: string, resource: string, named: readonly string[] = []): boolean {
  const fits = (statement: Statement, some: readonly string[]): boolean =>
    statement.actions.includes(action) && statement.resource === resource &&
    (statement.prefixes === undefined || some.every((prefix) => statement.prefixes?.includes(prefix)));
  return named.length === 0 ? policy.some((of) => fits(of, [])) : policy.some((of) => fits(of, named));
}

for (const role of ROLES) {
  test(`whatever the role ${role} called is allowed`, () => {
    const signed = calls[role].filter((call) => call.signed !== false);
    assert.ok(signed.length >= 5, 'the recording is there');
    for (const template of Object.values(deployments)) {
      const policy = policyOf(template, role);
      const refused = signed.filter((call) => !allows(policy, call.action, call.resource, call.partitions));
      assert.deepEqual(refused, []);
    }
  });

  test(`whatever the role ${role} may do was done, or has a reason`, () => {
    const reasons = new Map(GRANTS[role].flatMap(({ unused }) => Object.entries(unused ?? {})));
    for (const { actions, resource } of policyOf(prod, role)) {
      for (const action of actions) {
        const isUsed = calls[role].some((call) => call.action === action && call.resource === resource && call.signed !== false);
        assert.ok(isUsed || (reasons.get(action) ?? '').length > 20, `${role} may \`${action}\` and never did`);
        assert.ok(!isUsed || !reasons.has(action), `${role} did \`${action}\`, so it needs no reason`);
      }
    }
  });

  test(`whatever partition the role ${role} may name was named, or has a reason`, () => {
    const reasons = new Map(GRANTS[role].flatMap(({ unnamed }) => Object.entries(unnamed ?? {})));
    for (const { actions, resource, prefixes } of policyOf(prod, role)) {
      if (resource !== 'table') continue;
      for (const action of actions) {
        const named = calls[role].filter((call) => call.action === action).flatMap((call) => call.partitions ?? []);
        const unnamed = (prefixes ?? ['any']).filter((prefix) => !named.includes(prefix));
        const missing = unnamed.filter((prefix) => (reasons.get(`${action} ${prefix}`) ?? '').length < 20);
        assert.deepEqual(missing, [], `${role} may \`${action}\` of partitions that it never named`);
      }
    }
  });
}

/** What no role may do, a row each. */
const NEVER: readonly (readonly [Role, string, string, readonly string[]])[] = [
  ['api', 'sqs:ReceiveMessage', 'queue', []],
  ['api', 'sqs:DeleteMessage', 'queue', []],
  ['api', 'cognito-idp:AdminDeleteUser', 'pool', []],
  ['api', 'dynamodb:Query', 'index', []],
  ['api', 'dynamodb:Scan', 'table', []],
  ['api', 'dynamodb:DeleteItem', 'table', [partitions.job]],
  ['api', 'dynamodb:GetItem', 'table', [partitions.login]],
  ['worker', 'dynamodb:PutItem', 'table', [partitions.user]],
  ['worker', 'dynamodb:GetItem', 'table', [partitions.session]],
  ['worker', 'dynamodb:PutItem', 'table', [partitions.idempotency]],
  ['worker', 'dynamodb:Query', 'index', []],
  ['worker', 'sqs:ReceiveMessage', 'dead letters', []],
  ['worker', 'cognito-idp:AdminGetUser', 'pool', []],
  ['sweep', 'dynamodb:PutItem', 'table', [partitions.user]],
  ['sweep', 'dynamodb:PutItem', 'table', [partitions.host]],
  ['sweep', 'dynamodb:GetItem', 'table', [partitions.user]],
  ['sweep', 'dynamodb:DeleteItem', 'table', []],
  ['sweep', 'dynamodb:Query', 'table', []],
  ['sweep', 'sqs:ReceiveMessage', 'queue', []],
  ['sweep', 'cognito-idp:AdminDeleteUser', 'pool', []],
];

for (const [role, action, resource, named] of NEVER) {
  test(`the role ${role} may not ${action} of the ${[resource, ...named].join(' ')}`, () => {
    for (const template of Object.values(deployments)) assert.ok(!allows(policyOf(template, role), action, resource, named));
  });
}

for (const role of ROLES) {
  for (const { actions, on, kinds } of GRANTS[role]) {
    for (const action of actions) {
      test(`the role ${role} may ${action} of the ${on} ${(kinds ?? []).join(' ')}`.trim(), () => {
        const named = (kinds ?? []).map((kind) => partitions[kind]);
        for (const template of Object.values(deployments)) {
          const statement = policyOf(template, role).find((of) => of.actions.includes(action) && of.resource === on);
          assert.deepEqual(statement?.prefixes, kinds === undefined ? undefined : named);
        }
      });
    }
  }
}

/** The template, the constants and what people read say the same: variables, keys and index, routes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LEFT_UNSET, POOL } from '../src/constructs/environments.ts';
import { pages, roles, routes, table, variables } from '../src/generated/program.ts';
import { all, at, deployments, full, one, prod, textOf, type Template } from './outputs.ts';

const ROLES = ['api', 'worker', 'sweep'] as const;

const title = (role: string): string => role.charAt(0).toUpperCase() + role.slice(1);

const set = (template: Template, role: string): string[] =>
  Object.keys(at(one(template, 'AWS::Lambda::Function', title(role)), 'Properties', 'Environment', 'Variables') as object);

/** The variables of each role, from the page that people read. */
function documented(role: string): string[] {
  const rows = textOf('docs/generated/configuration.md').split('\n').filter((line) => line.startsWith('| `--'));
  assert.ok(rows.length > 30);
  return rows.map((row) => row.split('|').map((cell) => cell.trim())).filter((cells) => cells[4]?.includes(`\`${role}\``)).map((cells) => cells[2]?.replaceAll('`', '') ?? '');
}

test('a role reads what the page of the configuration says, and what AWS Lambda sets beside it', () => {
  for (const role of ROLES) {
    const read: readonly { name: string; lambda: boolean }[] = roles[role];
    const told = read.filter(({ name, lambda }) => !lambda || !name.startsWith('AWS_LAMBDA_')).map(({ name }) => name);
    assert.deepEqual(told.toSorted(), documented(role).toSorted(), role);
  }
});

test('a function is told nothing that its role does not read', () => {
  for (const template of Object.values(deployments)) {
    for (const role of ROLES) {
      const known = documented(role);
      assert.deepEqual(set(template, role).filter((name) => !known.includes(name)), [], role);
    }
  }
});

test('a function is told all that its role does not start without', () => {
  const required = { api: 4, worker: 4, sweep: 2 };
  for (const template of Object.values(deployments)) {
    for (const role of ROLES) {
      const wanted = roles[role].filter((of) => of.required && !of.lambda).map((of) => of.name as string);
      assert.equal(wanted.length, required[role], role);
      const given = set(template, role);
      assert.deepEqual(wanted.filter((name) => !given.includes(name)), [], role);
    }
  }
});

test('every variable of a role is set in some deployment, or there is a reason that it is not', () => {
  const reasons = new Map(Object.entries(LEFT_UNSET).map(([name, reason]) => [variables[name as keyof typeof variables] as string, reason]));
  for (const role of ROLES) {
    const given = new Set(Object.values(deployments).flatMap((template) => set(template, role)));
    for (const { name, lambda } of roles[role]) {
      if (lambda || given.has(name) || (role === 'sweep' && POOL.has(name))) continue;
      assert.ok((reasons.get(name) ?? '').length > 20, `${role} reads \`${name}\`, which is neither set nor has a reason`);
    }
  }
});

test('a reason is not kept for a variable that is always set', () => {
  for (const name of Object.keys(LEFT_UNSET)) {
    const variable = variables[name as keyof typeof variables];
    assert.ok(!set(prod, 'api').includes(variable), variable);
  }
});

test('no function may reach private addresses, or is sent to another place than AWS', () => {
  for (const template of Object.values(deployments)) {
    for (const role of ROLES) assert.deepEqual(set(template, role).filter((name) => /PRIVATE|ENDPOINT|SECRET/.test(name)), []);
  }
});

test('the keys, the index and the time to live are those of the program', () => {
  for (const template of Object.values(deployments)) {
    const made = one(template, 'AWS::DynamoDB::GlobalTable').Properties;
    const keys = (of: unknown) => (at(of, 'KeySchema') as unknown[]).map((key) => [at(key, 'AttributeName'), at(key, 'KeyType')]);
    assert.deepEqual(keys(made), [[table.partitionKey, 'HASH'], [table.sortKey, 'RANGE']]);
    const indexes = made.GlobalSecondaryIndexes as unknown[];
    assert.equal(indexes.length, 1);
    assert.equal(at(indexes[0], 'IndexName'), table.index.name);
    assert.deepEqual(keys(indexes[0]), [[table.index.partitionKey, 'HASH'], [table.index.sortKey, 'RANGE']]);
    assert.deepEqual(at(indexes[0], 'Projection'), { ProjectionType: table.index.projection });
    assert.deepEqual(made.TimeToLiveSpecification, { AttributeName: table.timeToLive, Enabled: true });
    const types = (made.AttributeDefinitions as unknown[]).map((of) => at(of, 'AttributeType'));
    assert.deepEqual(types, ['S', 'S', 'S', 'S']);
  }
});

test('the keys and the index are those that the source has', () => {
  const layout = textOf('wishlist-core/src/table/layout.rs');
  const constant = (name: string): string | undefined => new RegExp(`pub const ${name}: &str = "([^"]+)";`).exec(layout)?.[1];
  assert.deepEqual(
    [table.partitionKey, table.sortKey, table.timeToLive, table.index.name, table.index.partitionKey, table.index.sortKey, table.index.projection],
    ['PK', 'SK', 'EXPIRES', 'INDEX', 'DUE_PK', 'DUE_SK', 'PROJECTION'].map(constant),
  );
  const page = textOf('docs/generated/access-patterns.md');
  assert.match(page, new RegExp(`\\| ${table.partitionKey} \\| ${table.sortKey} \\|`));
  assert.match(page, /The only index: it projects keys only/);
});

/** Method and path of everything that the contract names. */
function contract(): string[] {
  const { paths } = JSON.parse(textOf('openapi.json')) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
}

test('the gateway has the routes of the contract, `HEAD` beside each `GET`, the pages, and no others', () => {
  const named = contract();
  assert.ok(named.length > 30);
  const [page] = [...textOf('wishlist-api/src/routes.rs').matchAll(/pub const REFERENCE: &str = "([^"]+)";/g)].map(([, path]) => path);
  const expected = [...named, `GET ${page}`].flatMap((key) => (key.startsWith('GET ') ? [key, key.replace('GET', 'HEAD')] : [key]));
  for (const [name, template] of Object.entries(deployments)) {
    const preflights = template === full ? ['OPTIONS /{proxy+}'] : [];
    const keys = all(template, 'AWS::ApiGatewayV2::Route').map(([, route]) => String(at(route, 'Properties', 'RouteKey')));
    assert.deepEqual(keys.toSorted(), [...expected, ...preflights].toSorted(), name);
  }
});

test('the constants have the routes of the contract', () => {
  assert.deepEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted(), contract().toSorted());
  assert.equal(pages.length, 1);
});

test('every path is one that an HTTP API takes', () => {
  for (const path of [...routes.map((route) => route.path), ...pages]) {
    for (const segment of path.split('/').slice(1)) {
      assert.match(segment, /^([A-Za-z0-9._~-]+|\{[A-Za-z0-9]+\})$/, `${path}: a variable is a whole segment`);
    }
    assert.ok(!['/ping', '/sping'].includes(path), 'API Gateway keeps these for itself');
  }
});

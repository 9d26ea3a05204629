/** What was synthesized once, by `bin/app.ts` itself, for all tests to read. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ECR_STACK, stackName } from '../src/program.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: unknown }>>;
}

/** The root of the project. */
export const root = join(import.meta.dirname, '../..');

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Where a deployment was synthesized to. `full` is `prod` with all that may be set. */
export function directoryOf(deployment: 'dev' | 'prod' | 'full'): string {
  const outputs = process.env.INFRA_OUTPUTS;
  if (outputs === undefined || !existsSync(join(outputs, deployment))) {
    throw new Error('nothing was synthesized; run `cargo xtask test infra`, which does it and sets `INFRA_OUTPUTS`');
  }
  return join(outputs, deployment);
}

function read(deployment: 'dev' | 'prod' | 'full', stack: string): Template {
  return JSON.parse(readFileSync(join(directoryOf(deployment), `${stack}.template.json`), 'utf8')) as Template;
}

export const dev = read('dev', stackName('dev'));
export const prod = read('prod', stackName('prod'));
export const full = read('full', stackName('prod'));
export const registry = read('dev', ECR_STACK);
export const deployments = { dev, prod, full };

/** Whether a deployment's stack is protected from being deleted, as the CDK is told of it. */
export function isProtected(deployment: 'dev' | 'prod' | 'full', stack: string): unknown {
  const manifest: unknown = JSON.parse(readFileSync(join(directoryOf(deployment), 'manifest.json'), 'utf8'));
  return at(manifest, 'artifacts', stack, 'properties', 'terminationProtection');
}

/** The resources of a type, by their logical ids. */
export function all(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** The one resource of a type, or of a type and an id that begins so. */
export function one(template: Template, type: string, id = ''): Resource {
  const found = all(template, type).filter(([name]) => name.startsWith(id));
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`expected one \`${type}\` \`${id}\`, found ${found.length}`);
  return first[1];
}

/** What lies at a path of members and indices; `undefined` where there is nothing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (of, step) => (typeof of === 'object' && of !== null ? (of as Record<string | number, unknown>)[step] : undefined),
    value,
  );
}

/** The logical id that a `Ref` or a `Fn::GetAtt` names. */
export function idOf(value: unknown): string | undefined {
  const named = at(value, 'Ref') ?? at(value, 'Fn::GetAtt', 0);
  return typeof named === 'string' ? named : undefined;
}

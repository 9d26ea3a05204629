// The workflows as data: what the tests of the pipeline ask.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export type Step = {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
  'timeout-minutes'?: number;
};

export type Concurrency = { group: string; 'cancel-in-progress': boolean; queue?: string };

export type Job = {
  name?: string;
  uses?: string;
  if?: string;
  needs?: string | string[];
  'runs-on'?: string;
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  environment?: { name: string; url?: string };
  concurrency?: Concurrency;
  strategy?: { matrix: { include: Record<string, string>[] } };
  outputs?: Record<string, string>;
  steps?: Step[];
};

export type Workflow = {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: Concurrency;
  jobs: Record<string, Job>;
};

export type Named<Thing> = { where: string; thing: Thing };

/** A text of the repository. */
export function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The name of each workflow's file. */
export const NAMES = readdirSync(join(ROOT, '.github/workflows')).filter((name) => name.endsWith('.yml'));

/** A workflow, by the name of its file. */
export function workflow(name: string): Workflow {
  // An `on:` without quotes is a text and no boolean in YAML 1.2, as GitHub reads it.
  return parse(text(`.github/workflows/${name}`)) as Workflow;
}

/** A job, which has to be there. */
export function job(file: string, name: string): Job {
  const found = workflow(file).jobs[name];
  if (!found) throw new Error(`\`${file}\` has no job \`${name}\``);
  return found;
}

/** A step of a job, by its name, which has to be there. */
export function step(file: string, name: string, title: string): Step {
  const found = job(file, name).steps?.find((step) => step.name === title);
  if (!found) throw new Error(`\`${file}\` has no step \`${title}\` in its job \`${name}\``);
  return found;
}

/** Every job of every workflow. */
export function jobs(): Named<Job>[] {
  return NAMES.flatMap((file) =>
    Object.entries(workflow(file).jobs).map(([name, thing]) => ({ where: `${file}: ${name}`, thing })),
  );
}

/** Every step of every job. */
export function steps(): Named<Step>[] {
  return jobs().flatMap(({ where, thing }) =>
    (thing.steps ?? []).map((step) => ({ where: `${where}: ${step.name ?? step.uses ?? step.run}`, thing: step })),
  );
}

/** What runs: every line of a shell in a workflow or in a script that one calls. */
export function shell(): Named<string>[] {
  const scripts = readdirSync(join(ROOT, '.github/scripts')).map((name) => ({
    where: name,
    thing: text(`.github/scripts/${name}`),
  }));
  return [...steps().map(({ where, thing }) => ({ where, thing: thing.run ?? '' })), ...scripts];
}

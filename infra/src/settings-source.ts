/** Where settings come from: the context of the CDK, whose other keys are its own. */

import { SETTINGS } from './settings-table.ts';

export type Context = Readonly<Record<string, unknown>>;

/** What is wrong with the settings, in one line. */
export class RefusedSetting extends Error {}

/** @throws RefusedSetting always. */
export function refuse(name: string, found: string, allowed: string): never {
  // What was found may hold a line break, and the reader's terminal is not to be written to.
  const shown = found.replace(/[\u0000-\u001f\u007f]/g, '…');
  throw new RefusedSetting(`the setting \`${name}\` ${shown}; expected ${allowed}`);
}

/** Settings that are asked for and cannot be had, each with what to do instead. */
const NOT_TO_BE_HAD: Readonly<Record<string, string>> = {
  corsCredentials:
    'none: a call is made by the token that it carries, so no page is let in with cookies, and `*` with them is refused by every browser',
  imageTag: '`imageDigest` in its place: a tag may be moved, and is never deployed',
};

/**
 * The texts of the settings that are given: those of the stage in `stages`, and before them those of the context itself.
 *
 * @throws RefusedSetting for a name that is no setting or no stage, and for a value that is no text.
 */
export function given(context: Context): Readonly<Record<string, string>> {
  const { stages, ...top } = context;
  const direct = texts(own(top));
  const stage = direct.stage;
  const all = object(stages ?? {}, 'stages');
  for (const [name, of] of Object.entries(all)) {
    // Settings of a stage that cannot be would be kept by nobody, and its deployment would go without them.
    if (SETTINGS.stage.read(name) === undefined) refuse(`stages.${name}`, 'is of no stage', SETTINGS.stage.allowed);
    const inner = texts(object(of, `stages.${name}`));
    if (inner.stage !== undefined) refuse('stage', `is in \`stages.${name}\``, 'it beside `stages`');
  }
  return stage === undefined ? direct : { ...texts(object(all[stage] ?? {}, `stages.${stage}`)), ...direct };
}

/** Leaves out the keys of the CDK: feature flags, look-ups and its own, all of which have a colon, a slash or an at sign. */
function own(context: Context): Context {
  const isOurs = ([name]: [string, unknown]): boolean => !/[:/@]/.test(name) && name !== 'tree';
  return Object.fromEntries(Object.entries(context).filter(isOurs));
}

function object(value: unknown, name: string): Context {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Context;
  return refuse(name, 'is no object', 'an object of settings, as in `cdk.json`');
}

function texts(values: Context): Readonly<Record<string, string>> {
  const known = Object.keys(SETTINGS);
  const read = Object.entries(values).map(([name, value]): [string, string] => {
    const instead = NOT_TO_BE_HAD[name];
    if (instead !== undefined) refuse(name, 'is no setting', instead);
    if (!known.includes(name)) refuse(name, 'is not known', `one of \`${known.join('`, `')}\``);
    return [name, one(name, value)];
  });
  return Object.fromEntries(read);
}

/** `cdk.json` may have numbers and lists where the command line has text. */
function one(name: string, value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((of) => typeof of === 'string')) return value.join(',');
  return refuse(name, `is ${JSON.stringify(value)}`, 'a text, a number or a list of texts');
}

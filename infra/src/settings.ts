/**
 * What a deployment is told, read from the context of the CDK and validated before anything is made.
 *
 * A setting is given by `--context name=value`, or in `cdk.json` under `stages` for each stage; the former wins. A list is
 * written with commas. `settings-table.ts` has all of them, `settings-rules.ts` what they ask of each other.
 */

import { check } from './settings-rules.ts';
import { type Context, RefusedSetting, given, refuse } from './settings-source.ts';
import { type Setting, type SettingName, type Settings, SETTINGS, isProduction } from './settings-table.ts';

export { RefusedSetting, SETTINGS, type SettingName, type Settings, isProduction };

/**
 * Reads the settings of the stage that the context names; `undefined` where it names none, and nothing else either.
 *
 * @throws RefusedSetting with one line that names the setting and what is allowed.
 */
export function readSettings(context: Context): Settings | undefined {
  const texts = given(context);
  const stage = texts.stage;
  if (stage === undefined) {
    const [first] = Object.keys(texts);
    if (first !== undefined) refuse('stage', `is missing beside \`${first}\``, SETTINGS.stage.allowed);
    return undefined;
  }
  const kind = stage === 'prod' ? 'prod' : 'dev';
  const values: Record<string, unknown> = {};
  for (const [name, { read, allowed, fallback }] of Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]) {
    const written = texts[name] ?? fallback[kind];
    if (written === undefined) continue;
    const value = read(written);
    if (value === undefined) refuse(name, `is \`${written}\``, allowed);
    values[name] = value;
  }
  const settings = values as Settings;
  check(settings, new Set(Object.keys(texts)));
  return settings;
}

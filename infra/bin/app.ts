/** Synthesizes the application; what is wrong with the settings is told in one line. */

import { makeApp } from '../src/program.ts';
import { RefusedSetting } from '../src/settings.ts';

try {
  makeApp().app.synth();
} catch (error) {
  if (!(error instanceof RefusedSetting)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

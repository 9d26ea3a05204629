/** The application: the registry, and beside it the deployment that the settings name. */

import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { EcrStack } from './ecr-stack.ts';
import { type Settings, readSettings } from './settings.ts';
import type { Context } from './settings-source.ts';
import { WishlistStack } from './wishlist-stack.ts';

/** The name of the stack of a stage, as the pipeline deploys it. */
export const stackName = (stage: string): string => `SmartWishlist-${stage}`;

export const ECR_STACK = 'SmartWishlistEcr';

/**
 * Makes it of the context, which is that of the command line, `cdk.json` and `CDK_CONTEXT_JSON` where `props` has none.
 *
 * @throws RefusedSetting where the settings cannot be meant.
 */
export function makeApp(props: AppProps = {}): { readonly app: App; readonly settings: Settings | undefined } {
  // By itself an application that was refused would still be written, without what it was refused for, at the end of the process.
  const app = new App({ analyticsReporting: false, autoSynth: false, ...props });
  const settings = readSettings(app.node.getAllContext() as Context);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const env = settings?.region === undefined ? {} : { env: { region: settings.region } };
  new EcrStack(app, ECR_STACK, env);
  if (settings !== undefined) new WishlistStack(app, stackName(settings.stage), settings, env);
  return { app, settings };
}

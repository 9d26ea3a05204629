/** What each role is told, by the variables that the program reads. */

import { roles, variables } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import type { Environments, RoleName } from './functions.ts';
import type { People } from './people.ts';

type Variable = keyof typeof variables;

/** Variables that a role reads and that are not set, each with the reason; a test wants every one either here or set. */
export const LEFT_UNSET: { readonly [N in Variable]?: string } = {
  awsCaBundle: 'the services of AWS have the roots that the program brings along',
  awsEndpointUrl: 'for an emulator; a function talks to its own Region',
  awsEndpointUrlCognitoIdentityProvider: 'for an emulator, as above',
  awsEndpointUrlDynamodb: 'for an emulator, as above',
  awsEndpointUrlSqs: 'for an emulator, as above',
  cognitoIssuer: 'follows from the pool, but where the setting `userPoolIssuer` says otherwise',
  cognitoJwksUrl: 'follows from the issuer',
  cognitoUserPoolClientSecret: 'the client has none, for a variable keeps it in the clear',
  otelExporterOtlpEndpoint: 'spans go to X-Ray; a collector has to be near, and there is none',
  wishlistAllowPrivateAddresses: 'with it, whoever adds an item calls the machines around the function',
  wishlistCorsOrigin: 'without origins in the setting `corsOrigins` no other page is let in',
  wishlistLogFormat: 'JSON wherever there is no terminal',
  wishlistLogLevel: 'the program\'s own is what the runbook is written for',
  wishlistRefreshEvery: 'the program\'s own is what the cost ledger is written for',
  wishlistVisitsAtOnce: 'the program\'s own is what the memory of the worker is for',
};

export interface Surroundings {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly people: People;
  /** Where clients reach the API. */
  readonly urls: readonly string[];
}

export function environmentsOf(settings: Settings, around: Surroundings): Environments {
  const { people } = around;
  const values: { readonly [N in Variable]?: string } = {
    dynamodbTableName: around.tableName,
    sqsQueueUrl: around.queueUrl,
    cognitoUserPoolId: people.poolId,
    cognitoUserPoolClientId: people.clientId,
    wishlistPublicUrl: around.urls.join(','),
    wishlistVisitsPerHour: String(settings.visitsPerHour),
    ...(people.issuer === undefined ? {} : { cognitoIssuer: people.issuer }),
    ...(settings.corsOrigins.length === 0 ? {} : { wishlistCorsOrigin: settings.corsOrigins.join(',') }),
  };
  const named = new Map(Object.entries(values).map(([name, value]) => [variables[name as Variable] as string, value]));
  const of = (role: RoleName): Record<string, string> => {
    const read: readonly { readonly name: string; readonly required: boolean }[] = roles[role];
    // A role that does without the pool does not start because of it, and is not told either.
    const wanted = read.filter(({ name, required }) => named.has(name) && (required || !POOL.has(name) || role !== 'sweep'));
    return Object.fromEntries(wanted.map(({ name }) => [name, named.get(name) ?? '']));
  };
  return { api: of('api'), worker: of('worker'), sweep: of('sweep') };
}

/** The variables of the pool, which the sweeper reads with the others and has no use for: it signs in nobody. */
export const POOL: ReadonlySet<string> = new Set([
  variables.cognitoUserPoolId, variables.cognitoUserPoolClientId, variables.cognitoIssuer,
]);

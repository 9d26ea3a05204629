/** Who signs people up and in: a user pool of the stack's own, or one that is there already. */

import { Duration, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery, FeaturePlan, type IUserPool, Mfa, UserPool, UserPoolClient, VerificationEmailStyle,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

import { limits } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import { removal } from './removal.ts';

/** The pool as the program is told of it. */
export interface People {
  readonly poolId: string;
  readonly poolArn: string;
  readonly clientId: string;
  /** Where it is not the one that follows from the pool's id. */
  readonly issuer?: string;
  /** The pool, where it is the stack's own. */
  readonly pool?: IUserPool;
}

export function makePeople(scope: Construct, settings: Settings): People {
  const { userPoolId, userPoolClientId, userPoolIssuer } = settings;
  if (userPoolId === undefined || userPoolClientId === undefined) return makePool(scope, settings);
  const poolArn = Stack.of(scope).formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: userPoolId });
  return { poolId: userPoolId, poolArn, clientId: userPoolClientId, ...(userPoolIssuer === undefined ? {} : { issuer: userPoolIssuer }) };
}

function makePool(scope: Construct, settings: Settings): People {
  const { retains, policy } = removal(settings);
  const pool = new UserPool(scope, 'People', {
    featurePlan: FeaturePlan.ESSENTIALS,
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // A code, because the program has an operation that takes one; a link would lead to a page of Cognito's.
    userVerification: { emailStyle: VerificationEmailStyle.CODE },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    // No stricter than the program's own rule, which tells a person what is wrong before the pool is asked.
    passwordPolicy: {
      minLength: limits.passwordMinLength,
      requireDigits: false,
      requireLowercase: false,
      requireSymbols: false,
      requireUppercase: false,
    },
    mfa: settings.mfa === 'optional' ? Mfa.OPTIONAL : Mfa.OFF,
    ...(settings.mfa === 'optional' ? { mfaSecondFactor: { otp: true, sms: false } } : {}),
    deletionProtection: retains,
    removalPolicy: policy,
  });
  const client = makeClient(scope, pool);
  return { poolId: pool.userPoolId, poolArn: pool.userPoolArn, clientId: client.userPoolClientId, pool };
}

/** Without a secret: the program is all that knows of this client, and it would keep the secret in its environment in the clear. */
function makeClient(scope: Construct, userPool: UserPool): UserPoolClient {
  return new UserPoolClient(scope, 'Client', {
    userPool,
    // `GetTokensFromRefreshToken` is refused where the flow of refresh tokens is allowed beside rotation, so it is not.
    authFlows: { userPassword: true },
    refreshTokenRotationGracePeriod: Duration.seconds(30),
    generateSecret: false,
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
    // Nobody signs in on a page of Cognito's.
    disableOAuth: true,
  });
}

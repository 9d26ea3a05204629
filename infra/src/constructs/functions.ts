/** The three roles of the program as functions, all of one image or one zip. */

import { Duration, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel, Architecture, Code, Function as LambdaFunction, Handler, LoggingFormat, Runtime, SystemLogLevel, Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { limits, roles } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import { removal } from './removal.ts';

export type RoleName = keyof typeof roles;

/** The variables of each role. */
export type Environments = Readonly<Record<RoleName, Readonly<Record<string, string>>>>;

/** A function with what belongs to it alone. */
export interface ProgramFunction {
  readonly name: RoleName;
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly logs: LogGroup;
}

export type Functions = Readonly<Record<RoleName, ProgramFunction>>;

/**
 * Seconds that a call may take. An HTTP API gives up on a function after 30, and the API's own longest wait is below that; a
 * sweep ends before the next begins.
 */
export const TIMEOUTS = { api: 29, worker: 60, sweep: limits.sweepEverySeconds - 5 } as const satisfies Record<RoleName, number>;

/** In MB. The processor grows with the memory; a visit holds a page and what was made of it, several at a time. */
export const MEMORY = { api: 256, worker: 512, sweep: 256 } as const satisfies Record<RoleName, number>;

const ARCHITECTURES = { arm64: Architecture.ARM_64, x86_64: Architecture.X86_64 } as const;

const TITLES = { api: 'Api', worker: 'Worker', sweep: 'Sweep' } as const satisfies Record<RoleName, string>;

export function makeFunctions(scope: Construct, settings: Settings, environments: Environments): Functions {
  const make = (name: RoleName): ProgramFunction => makeFunction(scope, settings, name, environments[name]);
  return { api: make('api'), worker: make('worker'), sweep: make('sweep') };
}

/** The name of a role in ids and outputs. */
export const titleOf = (name: RoleName): string => TITLES[name];

function makeFunction(
  scope: Construct,
  settings: Settings,
  name: RoleName,
  environment: Readonly<Record<string, string>>,
): ProgramFunction {
  const title = titleOf(name);
  const logs = new LogGroup(scope, `${title}Logs`, { retention: settings.logRetentionDays, removalPolicy: removal(settings).policy });
  // Without the managed policy that CDK would give, which may write to every log group of the account.
  const role = new Role(scope, `${title}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const lambda = new LambdaFunction(scope, `${title}Function`, {
    ...program(scope, settings, name),
    description: `Smart Wishlist, ${settings.stage}: ${name}`,
    architecture: ARCHITECTURES[settings.architecture],
    timeout: Duration.seconds(TIMEOUTS[name]),
    memorySize: MEMORY[name],
    environment,
    role,
    tracing: Tracing.ACTIVE,
    logGroup: logs,
    loggingFormat: LoggingFormat.JSON,
    // What the program counts are lines without a level, which count as `INFO`: with less they would be lost.
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.INFO,
  });
  return { name, lambda, role, logs };
}

/** Where the binary is, and how it is told its role: an image by its command, a zip by its handler. */
function program(scope: Construct, settings: Settings, name: RoleName) {
  const { zip, imageDigest, imageRepository } = settings;
  if (zip !== undefined) return { code: Code.fromAsset(zip), handler: name, runtime: Runtime.PROVIDED_AL2023 };
  const repository = Repository.fromRepositoryAttributes(scope, `${titleOf(name)}Repository`, {
    repositoryName: imageRepository ?? '',
    repositoryArn: Stack.of(scope).formatArn({ service: 'ecr', resource: 'repository', resourceName: imageRepository ?? '' }),
  });
  const code = Code.fromEcrImage(repository, { cmd: [name], tagOrDigest: imageDigest ?? '' });
  return { code, handler: Handler.FROM_IMAGE, runtime: Runtime.FROM_IMAGE };
}

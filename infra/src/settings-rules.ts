/** What settings ask of each other. */

import { existsSync } from 'node:fs';

import { type SettingName, type Settings, SETTINGS, isProduction } from './settings-table.ts';
import { refuse } from './settings-source.ts';

/** A contradiction: when it is there, which setting is to be changed, and how. */
interface Rule {
  readonly is: (settings: Settings, written: ReadonlySet<string>) => boolean;
  readonly setting: SettingName;
  readonly found: (settings: Settings) => string;
  readonly expected: string;
}

const says = (words: string) => (): string => words;

const regionOf = (arn: string | undefined): string | undefined => arn?.split(':')[3];

const RULES: readonly Rule[] = [
  {
    is: ({ imageDigest, zip }) => imageDigest !== undefined && zip !== undefined,
    setting: 'zip',
    found: says('is set beside `imageDigest`'),
    expected: 'one of the two',
  },
  {
    is: ({ imageDigest, zip }) => imageDigest === undefined && zip === undefined,
    setting: 'imageDigest',
    found: says('is missing'),
    expected: `${SETTINGS.imageDigest.allowed}; or a \`zip\``,
  },
  {
    is: ({ imageDigest, imageRepository }) => imageDigest !== undefined && imageRepository === undefined,
    setting: 'imageRepository',
    found: says('is missing'),
    expected: SETTINGS.imageRepository.allowed,
  },
  {
    is: ({ imageRepository, zip }) => imageRepository !== undefined && zip !== undefined,
    setting: 'imageRepository',
    found: says('is set beside `zip`'),
    expected: 'none: a zip is in no repository',
  },
  {
    is: ({ zip }) => zip !== undefined && !existsSync(zip),
    setting: 'zip',
    found: ({ zip }) => `is \`${zip}\`, which is not there`,
    expected: 'the zip that `cargo xtask package` makes',
  },
  {
    is: ({ corsOrigins }) => corsOrigins.includes('*') && corsOrigins.length > 1,
    setting: 'corsOrigins',
    found: says('has `*` among others'),
    expected: '`*` alone, or origins without it',
  },
  {
    is: (settings) => isProduction(settings) && settings.corsOrigins.some((origin) => origin.startsWith('http:')),
    setting: 'corsOrigins',
    found: says('has an origin without TLS in `prod`'),
    expected: 'origins that begin with `https://`',
  },
  {
    is: ({ throttleRate, throttleBurst }) => throttleBurst < throttleRate / 10,
    setting: 'throttleBurst',
    found: ({ throttleBurst, throttleRate }) => `is ${throttleBurst} beside a \`throttleRate\` of ${throttleRate}`,
    expected: 'a tenth of the rate or more: with less the rate is never reached',
  },
  {
    is: ({ waitingRate, throttleRate }, written) => written.has('waitingRate') && waitingRate > throttleRate,
    setting: 'waitingRate',
    found: ({ waitingRate, throttleRate }) => `is ${waitingRate} beside a \`throttleRate\` of ${throttleRate}`,
    expected: 'that rate or less: it is the lower bound of the two',
  },
  {
    is: ({ userPoolId, userPoolClientId }) => userPoolId !== undefined && userPoolClientId === undefined,
    setting: 'userPoolClientId',
    found: says('is missing beside `userPoolId`'),
    expected: SETTINGS.userPoolClientId.allowed,
  },
  {
    is: ({ userPoolId, userPoolClientId }) => userPoolId === undefined && userPoolClientId !== undefined,
    setting: 'userPoolId',
    found: says('is missing beside `userPoolClientId`'),
    expected: SETTINGS.userPoolId.allowed,
  },
  {
    is: ({ userPoolId, userPoolIssuer }) => userPoolId === undefined && userPoolIssuer !== undefined,
    setting: 'userPoolIssuer',
    found: says('is set without `userPoolId`'),
    expected: "none: the stack's own pool has the issuer of its Region",
  },
  {
    is: ({ userPoolId, userPoolIssuer, region }) =>
      userPoolId !== undefined &&
      userPoolIssuer === undefined &&
      region !== undefined &&
      !userPoolId.startsWith(`${region}_`),
    setting: 'userPoolId',
    found: ({ userPoolId, region }) => `is \`${userPoolId}\`, which is not of the \`region\` ${region}`,
    expected: 'a pool of that Region, or `userPoolIssuer` beside one that is replicated to it',
  },
  {
    is: ({ userPoolId, userPoolIssuer, region }) =>
      userPoolId !== undefined && userPoolIssuer === undefined && region === undefined,
    setting: 'region',
    found: says('is missing beside `userPoolId`'),
    expected:
      'the Region of that pool, which the stack has to be in; or `userPoolIssuer` beside a pool that is replicated',
  },
  {
    is: ({ userPoolId }, written) => userPoolId !== undefined && written.has('mfa'),
    setting: 'mfa',
    found: says('is set beside `userPoolId`'),
    expected: 'none: a pool that is there already has its own rule',
  },
  {
    is: ({ replicaRegions, region }) => replicaRegions.length > 0 && region === undefined,
    setting: 'region',
    found: says('is missing beside `replicaRegions`'),
    expected: SETTINGS.region.allowed,
  },
  {
    is: ({ replicaRegions, region }) => region !== undefined && replicaRegions.includes(region),
    setting: 'replicaRegions',
    found: ({ region }) => `has ${region}, the \`region\` of the stack`,
    expected: 'other Regions: that one has the table already',
  },
  {
    is: ({ replicaRegions }, written) => replicaRegions.length === 0 && written.has('replicaConsistency'),
    setting: 'replicaRegions',
    found: says('is missing beside `replicaConsistency`'),
    expected: SETTINGS.replicaRegions.allowed,
  },
  {
    is: ({ domainName, certificateArn }) => domainName !== undefined && certificateArn === undefined,
    setting: 'certificateArn',
    found: says('is missing beside `domainName`'),
    expected: SETTINGS.certificateArn.allowed,
  },
  {
    is: ({ domainName, certificateArn }) => domainName === undefined && certificateArn !== undefined,
    setting: 'domainName',
    found: says('is missing beside `certificateArn`'),
    expected: SETTINGS.domainName.allowed,
  },
  {
    is: ({ region, certificateArn }) =>
      region !== undefined && certificateArn !== undefined && regionOf(certificateArn) !== region,
    setting: 'certificateArn',
    found: ({ certificateArn, region }) => `is of ${regionOf(certificateArn)}, and the \`region\` is ${region}`,
    expected: 'a certificate of that Region: an HTTP API takes no other',
  },
  {
    is: ({ region, alarmTarget }) =>
      region !== undefined && alarmTarget?.startsWith('arn:') === true && regionOf(alarmTarget) !== region,
    setting: 'alarmTarget',
    found: ({ alarmTarget, region }) => `is of ${regionOf(alarmTarget)}, and the \`region\` is ${region}`,
    expected: 'a topic of that Region: an alarm tells no other',
  },
  {
    is: (settings) => isProduction(settings) && settings.alarmTarget === undefined,
    setting: 'alarmTarget',
    found: says('is missing in `prod`'),
    expected: SETTINGS.alarmTarget.allowed,
  },
  {
    is: (settings) => isProduction(settings) && settings.removalPolicy === 'destroy',
    setting: 'removalPolicy',
    found: says('is `destroy` in `prod`'),
    expected: "`retain`: nobody's wishes go with a stack",
  },
  {
    is: (settings) => isProduction(settings) && settings.logRetentionDays < 30,
    setting: 'logRetentionDays',
    found: ({ logRetentionDays }) => `is ${logRetentionDays} in \`prod\``,
    expected: '30 or more: a fault is often looked for weeks later',
  },
];

/** @throws RefusedSetting for the first contradiction. `written` has the names of those that were given. */
export function check(settings: Settings, written: ReadonlySet<string>): void {
  const broken = RULES.find((rule) => rule.is(settings, written));
  if (broken !== undefined) refuse(broken.setting, broken.found(settings), broken.expected);
}

/** All settings, one row each. `README.md` has the same table; a test holds one against the other. */

import { RegionInfo } from 'aws-cdk-lib/region-info';

/** One setting: what is allowed, in words for who gets it wrong, and how the text becomes a value. */
export interface Setting<T> {
  readonly allowed: string;
  /** `undefined` where the text is not allowed. */
  readonly read: (text: string) => T | undefined;
  readonly meaning: string;
  /** What it is where nothing is said, by the kind of the stage. */
  readonly fallback: { readonly dev?: string; readonly prod?: string };
}

const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const text = (pattern: RegExp) => (value: string) => (pattern.test(value) ? value : undefined);

const oneOf = <T extends string>(...values: T[]) => (value: string): T | undefined => values.find((of) => of === value);

const whole = (least: number, most: number) => (value: string): number | undefined =>
  /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;

const list = (each: (value: string) => string | undefined) => (value: string): string[] | undefined => {
  const read = value === '' ? [] : value.split(',').map(each);
  return read.every((of) => of !== undefined) && new Set(read).size === read.length ? read : undefined;
};

/** An origin as browsers write it, or a star; the program refuses anything else at its start. */
const origin = (value: string): string | undefined => {
  if (value === '*') return value;
  if (value.includes('*') || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return ['http:', 'https:'].includes(url.protocol) && url.origin === value ? value : undefined;
};

/** A Region that the CDK knows: one that is only written like it is found out about hours later, by its deployment. */
const region = (value: string): string | undefined => RegionInfo.regions.find(({ name }) => name === value)?.name;

function setting<T>(
  meaning: string,
  allowed: string,
  read: (text: string) => T | undefined,
  fallback: Setting<T>['fallback'] = {},
): Setting<T> {
  return { meaning, allowed, read, fallback };
}

export const SETTINGS = {
  stage: setting(
    'which deployment this is; without it there is the registry alone',
    '`prod`, `dev`, or `dev-` and up to 16 lower-case letters and digits',
    text(/^(prod|dev|dev-[a-z0-9]{1,16})$/),
  ),
  imageDigest: setting(
    'the image that the functions run',
    '`sha256:` and 64 hexadecimal digits: a tag may be moved, and is never deployed',
    text(/^sha256:[0-9a-f]{64}$/),
  ),
  imageRepository: setting(
    "the repository of ECR that has the image, by the name that the registry's stack tells",
    'the name of a repository in the account and the Region of the stack',
    text(/^[a-z0-9]+([._/-][a-z0-9]+)*$/),
  ),
  zip: setting(
    'the zip that the functions run, in place of an image',
    'the path of a file that ends in `.zip`',
    text(/.\.zip$/),
  ),
  architecture: setting('what the binary was built for', '`arm64` or `x86_64`', oneOf('arm64', 'x86_64'), {
    dev: 'arm64',
    prod: 'arm64',
  }),
  region: setting(
    'the Region of the stack, where it is to be known beforehand',
    'a Region of AWS like `eu-central-1`',
    region,
  ),
  corsOrigins: setting(
    "the pages that may call the API from a browser, by the program's own answers",
    'origins like `https://app.example`, without a path, or `*` alone',
    list(origin),
    { dev: '', prod: '' },
  ),
  throttleRate: setting(
    'calls a second of all callers together, beyond which they are answered `429`',
    'a whole number from 1 to 10000',
    whole(1, 10000),
    { dev: '50', prod: '1000' },
  ),
  throttleBurst: setting('calls at once', 'a whole number from 1 to 5000', whole(1, 5000), {
    dev: '100',
    prod: '2000',
  }),
  waitingRate: setting(
    'calls a second of an operation that may wait, for up to 20 s and with a function to each: an account has 1000 at a time',
    'a whole number from 1 to 10000, and not more than `throttleRate`',
    whole(1, 10000),
    { dev: '5', prod: '1000' },
  ),
  visitsPerHour: setting(
    'visits of pages that one caller may ask for in an hour; 0 for any number',
    'a whole number from 0 to 1000000',
    whole(0, 1000000),
    { dev: '1000', prod: '1000' },
  ),
  workerConcurrency: setting('the most workers at a time', 'a whole number from 2 to 1000', whole(2, 1000), {
    dev: '5',
    prod: '50',
  }),
  userPoolId: setting(
    "a user pool that is there already, in place of one of the stack's",
    'an id like `eu-central-1_AbCdEfGhI`',
    text(/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/),
  ),
  userPoolClientId: setting(
    'the client of that pool',
    'the id of a client without a secret',
    text(/^[a-z0-9]{20,128}$/),
  ),
  userPoolIssuer: setting(
    "the issuer that the pool's tokens name, where it is not that of its own Region",
    'an address that begins with `https://` and ends without a slash',
    text(/^https:\/\/[^\s/?#]+(\/[^\s?#]*[^\s/?#])?$/),
  ),
  mfa: setting(
    "whether people of the stack's pool may set up a second factor, which this API cannot ask them for",
    '`off` or `optional`',
    oneOf('off', 'optional'),
    { dev: 'off', prod: 'off' },
  ),
  alarmTarget: setting(
    'who is told of alarms',
    'the ARN of an SNS topic, or an e-mail address',
    text(/^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+|[^\s@,]+@[^\s@,]+\.[^\s@,]+)$/),
  ),
  costPerHour: setting(
    'dollars an hour, above which an alarm tells',
    'an amount like `2` or `0.50`',
    (value) => (/^\d{1,6}(\.\d{1,2})?$/.test(value) && Number(value) > 0 ? Number(value) : undefined),
    { dev: '0.50', prod: '10' },
  ),
  replicaRegions: setting(
    'further Regions that have the table, each of which is paid for',
    'Regions of AWS like `eu-west-1`',
    list(region),
    { dev: '', prod: '' },
  ),
  replicaConsistency: setting(
    'how the Regions of the table agree',
    '`eventual`: DynamoDB takes no transactions and removes nothing expired where it is `strong`, and the program needs both',
    oneOf('eventual'),
    { dev: 'eventual', prod: 'eventual' },
  ),
  logRetentionDays: setting(
    'for how many days logs are kept',
    `one of ${RETENTIONS.join(', ')}`,
    (value) => RETENTIONS.find((days) => String(days) === value),
    { dev: '7', prod: '90' },
  ),
  domainName: setting(
    'the name that clients reach the API under',
    'a name like `api.example.com`',
    text(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/),
  ),
  certificateArn: setting(
    'its certificate',
    'the ARN of a certificate of ACM in the Region of the stack',
    text(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/),
  ),
  removalPolicy: setting(
    'what becomes of table, people and logs when the stack is removed',
    '`retain` or `destroy`',
    oneOf('retain', 'destroy'),
    { dev: 'destroy', prod: 'retain' },
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;

type Value<N extends SettingName> = (typeof SETTINGS)[N] extends Setting<infer T> ? T : never;

/** Those that always have a value. */
type Fixed =
  | 'stage'
  | 'architecture'
  | 'corsOrigins'
  | 'throttleRate'
  | 'throttleBurst'
  | 'waitingRate'
  | 'visitsPerHour'
  | 'workerConcurrency'
  | 'mfa'
  | 'costPerHour'
  | 'replicaRegions'
  | 'replicaConsistency'
  | 'logRetentionDays'
  | 'removalPolicy';

/** The settings of one deployment, each as it is used. */
export type Settings = { readonly [N in Fixed]: Value<N> } & { readonly [N in Exclude<SettingName, Fixed>]?: Value<N> };

export const isProduction = (settings: Pick<Settings, 'stage'>): boolean => settings.stage === 'prod';

/** What clients call: an HTTP API with each operation of the contract as a route of its own. */

import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  type CfnRoute,
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { pages, routes } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import { removal } from './removal.ts';

export interface Gateway {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  /** The domain, where the settings name one. */
  readonly domain?: DomainName;
  /** Where clients reach it. */
  readonly url: string;
}

/**
 * Makes it without routes: the functions are told its address, and the routes lead to the functions.
 *
 * CORS is not configured here. The program answers it, by one list of headers that holds on every platform; a second one here
 * would take its place.
 */
export function makeGateway(scope: Construct, settings: Settings): Gateway {
  const domain = makeDomain(scope, settings);
  const api = new HttpApi(scope, 'Api', {
    description: `Smart Wishlist, ${settings.stage}`,
    createDefaultStage: false,
    // With a name of its own there is one way in, and one name in every log.
    disableExecuteApiEndpoint: domain !== undefined,
  });
  const logs = new LogGroup(scope, 'AccessLogs', {
    retention: settings.logRetentionDays,
    removalPolicy: removal(settings).policy,
  });
  const stage = new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    detailedMetricsEnabled: true,
    throttle: { rateLimit: settings.throttleRate, burstLimit: settings.throttleBurst },
    accessLogSettings: { destination: new LogGroupLogDestination(logs), format: accessLog() },
  });
  if (domain === undefined) return { api, stage, url: api.apiEndpoint };
  new ApiMapping(scope, 'Mapping', { api, domainName: domain, stage });
  return { api, stage, domain, url: `https://${settings.domainName}` };
}

/** Leads every operation, every page, and where other pages may call also every preflight, to the function. */
export function addRoutes({ api, stage }: Gateway, settings: Settings, target: IFunction): void {
  // One permission for all routes: one each would be more than a function's policy may hold, 20 KB.
  const integration = new HttpLambdaIntegration('Program', target, {
    timeout: Duration.seconds(29),
    scopePermissionToRoute: false,
  });
  const add = (path: string, ...methods: HttpMethod[]) => api.addRoutes({ path, methods, integration });
  for (const { method, path, waits } of routes) {
    const made = add(path, HttpMethod[method], ...alsoHead(method));
    if (waits) throttleWaiting(stage, settings, made);
  }
  for (const path of pages) add(path, HttpMethod.GET, HttpMethod.HEAD);
  // A preflight has no route of its own in the contract, and the program answers it for any path.
  if (settings.corsOrigins.length > 0) add('/{proxy+}', HttpMethod.OPTIONS);
}

/**
 * A call that waits holds a function for as long, and at the rate of the others such calls would hold all that the account
 * has. What is set for a route takes the place of all that is set for the stage, its metrics included.
 */
function throttleWaiting(stage: HttpStage, { throttleRate, waitingRate }: Settings, made: readonly HttpRoute[]): void {
  const resource = stage.node.defaultChild as CfnStage;
  for (const route of made) {
    const { routeKey } = route.node.defaultChild as CfnRoute;
    // Nobody waits for an answer without a body.
    const rate = routeKey.startsWith('HEAD ') ? 1 : Math.min(waitingRate, throttleRate);
    const settings = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: rate, DetailedMetricsEnabled: true };
    resource.addPropertyOverride(`RouteSettings.${routeKey.replaceAll('.', '\\.')}`, settings);
    // API Gateway refuses a stage with settings of a route that is not there yet.
    resource.node.addDependency(route);
  }
}

/** The program answers `HEAD` wherever it answers `GET`, and a route for one is none for the other. */
const alsoHead = (method: string): HttpMethod[] => (method === 'GET' ? [HttpMethod.HEAD] : []);

function makeDomain(scope: Construct, { domainName, certificateArn }: Settings): DomainName | undefined {
  if (domainName === undefined || certificateArn === undefined) return undefined;
  return new DomainName(scope, 'Domain', {
    domainName,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
  });
}

/**
 * The route as it is declared, and never the path: paths hold ids, and those of share links tokens. No address of a caller
 * either, which is somebody's.
 */
function accessLog(): AccessLogFormat {
  const fields = {
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    routeKey: '$context.routeKey',
    status: '$context.status',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    integrationStatus: '$context.integrationStatus',
    integrationRequestId: '$context.integration.requestId',
    errorType: '$context.error.responseType',
  };
  return AccessLogFormat.custom(JSON.stringify(fields));
}

/** The name to point a domain's record at. */
export function domainTarget({ domain }: Gateway): string | undefined {
  return domain?.regionalDomainName;
}

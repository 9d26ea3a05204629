/** One deployment of the program, put together of what `constructs/` has. */

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { ACKNOWLEDGEMENTS, acknowledge } from './acknowledgements.ts';
import { makeAlarms } from './constructs/alarms.ts';
import { makeDashboard } from './constructs/dashboard.ts';
import { environmentsOf } from './constructs/environments.ts';
import { consume, schedule } from './constructs/events.ts';
import { makeFunctions, titleOf } from './constructs/functions.ts';
import { addRoutes, domainTarget, makeGateway } from './constructs/gateway.ts';
import { makePeople } from './constructs/people.ts';
import { grant } from './constructs/policies.ts';
import { makeQueues } from './constructs/queue.ts';
import { makeTable } from './constructs/table.ts';
import { type Settings, isProduction } from './settings.ts';

export class WishlistStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, props: StackProps = {}, acknowledged = ACKNOWLEDGEMENTS) {
    super(scope, id, { ...props, terminationProtection: isProduction(settings), description: `Smart Wishlist, ${settings.stage}` });
    const table = makeTable(this, settings);
    const queues = makeQueues(this);
    const people = makePeople(this, settings);
    const gateway = makeGateway(this, settings);
    const environments = environmentsOf(settings, {
      tableName: table.tableName,
      queueUrl: queues.queue.queueUrl,
      people,
      urls: [gateway.url],
    });
    const functions = makeFunctions(this, settings, environments);
    grant(functions, { table, queue: queues.queue, people });
    addRoutes(gateway, settings, functions.api.lambda);
    consume(functions.worker, queues.queue, settings);
    schedule(this, functions.sweep);
    const watched = { settings, table, queues, gateway, functions };
    const alarms = makeAlarms(this, watched);
    makeDashboard(this, watched, alarms);
    acknowledge(this, acknowledged);

    const tell = (name: string, value: string) => new CfnOutput(this, name, { value });
    tell('ApiUrl', gateway.url);
    for (const { name, lambda } of Object.values(functions)) tell(`${titleOf(name)}FunctionName`, lambda.functionName);
    tell('TableName', table.tableName);
    tell('QueueUrl', queues.queue.queueUrl);
    tell('DeadLetterQueueArn', queues.deadLetters.queueArn);
    tell('UserPoolId', people.poolId);
    tell('UserPoolClientId', people.clientId);
    const target = domainTarget(gateway);
    if (target !== undefined) tell('DomainTarget', target);
  }
}

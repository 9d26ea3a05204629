/** Each fault of the design that this one takes the place of, and what shows it gone. Those of workflows are in `pipeline.test.ts`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { limits } from '../src/generated/program.ts';
import { all, at, deployments, dev, full, idOf, one, prod, registry, type Template } from './outputs.ts';

/** Names a test for each deployment. */
function each(name: string, check: (template: Template) => void): void {
  test(name, () => {
    for (const template of Object.values(deployments)) check(template);
  });
}

const FUNCTION = 'AWS::Lambda::Function';
const QUEUE = 'AWS::SQS::Queue';
const TABLE = 'AWS::DynamoDB::GlobalTable';

test('the client of the user pool is defined, and the functions are told of it', () => {
  for (const template of [dev, prod]) {
    const client = all(template, 'AWS::Cognito::UserPoolClient')[0]?.[0];
    for (const role of ['Api', 'Worker']) {
      assert.deepEqual(
        at(one(template, FUNCTION, role), 'Properties', 'Environment', 'Variables', 'COGNITO_USER_POOL_CLIENT_ID'),
        { Ref: client },
      );
    }
  }
});

each('the gateway lets no origin in with credentials: CORS is the program\'s own', (template) => {
  assert.equal(at(one(template, 'AWS::ApiGatewayV2::Api'), 'Properties', 'CorsConfiguration'), undefined);
});

test('origins of the settings reach the program, and preflights reach it', () => {
  assert.equal(
    at(one(full, FUNCTION, 'Api'), 'Properties', 'Environment', 'Variables', 'WISHLIST_CORS_ORIGIN'),
    'https://app.example,https://admin.example',
  );
  const keys = (template: Template) =>
    all(template, 'AWS::ApiGatewayV2::Route').map(([, route]) => at(route, 'Properties', 'RouteKey'));
  assert.ok(keys(full).includes('OPTIONS /{proxy+}'));
  assert.ok(!keys(prod).includes('OPTIONS /{proxy+}'));
});

each('every route leads to the function by payload 2.0', (template) => {
  const { Properties } = one(template, 'AWS::ApiGatewayV2::Integration');
  const integration = all(template, 'AWS::ApiGatewayV2::Integration')[0]?.[0];
  assert.equal(at(Properties, 'PayloadFormatVersion'), '2.0');
  assert.equal(
    idOf(at(Properties, 'IntegrationUri')),
    all(template, FUNCTION).find(([id]) => id.startsWith('Api'))?.[0],
  );
  const routes = all(template, 'AWS::ApiGatewayV2::Route');
  assert.ok(routes.length > 40);
  for (const [, route] of routes)
    assert.deepEqual(at(route, 'Properties', 'Target'), { 'Fn::Join': ['', ['integrations/', { Ref: integration }]] });
  const permission = one(template, 'AWS::Lambda::Permission');
  assert.equal(at(permission, 'Properties', 'Principal'), 'apigateway.amazonaws.com');
});

each('nothing but what the contract names starts the function', (template) => {
  const keys = all(template, 'AWS::ApiGatewayV2::Route').map(([, route]) =>
    String(at(route, 'Properties', 'RouteKey')),
  );
  assert.deepEqual(
    keys.filter(
      (key) => key === '$default' || key.startsWith('ANY ') || (key.includes('+') && !key.startsWith('OPTIONS ')),
    ),
    [],
  );
});

each('the queue has a consumer', (template) => {
  const mapping = one(template, 'AWS::Lambda::EventSourceMapping');
  assert.match(String(idOf(at(mapping, 'Properties', 'EventSourceArn'))), /^Queue/);
  assert.match(String(idOf(at(mapping, 'Properties', 'FunctionName'))), /^WorkerFunction/);
});

each('one message that fails does not bring its batch back', (template) => {
  assert.deepEqual(at(one(template, 'AWS::Lambda::EventSourceMapping'), 'Properties', 'FunctionResponseTypes'), [
    'ReportBatchItemFailures',
  ]);
});

each('the functions run an image by its digest, or a zip, and never a tag', (template) => {
  for (const [, made] of all(template, FUNCTION)) {
    const uri = JSON.stringify(at(made, 'Properties', 'Code', 'ImageUri') ?? '');
    const isZip = at(made, 'Properties', 'Code', 'S3Key') !== undefined;
    assert.ok(isZip || /@sha256:[0-9a-f]{64}"/.test(uri), uri);
  }
});

test('a zip is told its role by the handler, an image by the command', () => {
  for (const role of ['api', 'worker', 'sweep']) {
    const title = role[0]?.toUpperCase() + role.slice(1);
    const zip = one(full, FUNCTION, title).Properties;
    assert.deepEqual([zip.Handler, zip.Runtime, zip.PackageType], [role, 'provided.al2023', undefined]);
    assert.deepEqual(at(one(prod, FUNCTION, title), 'Properties', 'ImageConfig'), { Command: [role] });
  }
});

test('the registry\'s tags cannot be moved', () => {
  assert.equal(one(registry, 'AWS::ECR::Repository').Properties.ImageTagMutability, 'IMMUTABLE');
});

test('the registry looks at every image, and outlives its stack', () => {
  const repository = one(registry, 'AWS::ECR::Repository');
  assert.deepEqual(repository.Properties.ImageScanningConfiguration, { ScanOnPush: true });
  assert.deepEqual(
    [repository.DeletionPolicy, repository.UpdateReplacePolicy, repository.Properties.EmptyOnDelete],
    ['Retain', 'Retain', false],
  );
});

test('the registry lets functions of its own account and Region read, and nobody else', () => {
  const { Statement } = one(registry, 'AWS::ECR::Repository').Properties.RepositoryPolicyText as {
    Statement: unknown[];
  };
  const [, parts] = at(Statement, 0, 'Condition', 'StringLike', 'aws:sourceArn', 'Fn::Join') as [string, unknown[]];
  const arn = parts.map((part) => (typeof part === 'string' ? part : `{${idOf(part)}}`)).join('');
  assert.equal(arn, 'arn:{AWS::Partition}:lambda:{AWS::Region}:{AWS::AccountId}:function:*');
  assert.equal(Statement.length, 1);
  assert.deepEqual(at(Statement, 0, 'Principal'), { Service: 'lambda.amazonaws.com' });
  assert.deepEqual(at(Statement, 0, 'Action'), ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']);
  assert.deepEqual(Object.keys(at(Statement, 0, 'Condition') as object), ['StringLike']);
});

test('no rule of the registry evicts an image that is deployed: a commit\'s tag fits none', () => {
  const text = String(
    at(one(registry, 'AWS::ECR::Repository'), 'Properties', 'LifecyclePolicy', 'LifecyclePolicyText'),
  );
  const rules = at(JSON.parse(text), 'rules') as unknown[];
  assert.ok(rules.length > 0);
  for (const rule of rules) {
    assert.equal(at(rule, 'selection', 'tagStatus'), 'tagged');
    const prefixes = at(rule, 'selection', 'tagPrefixList') as string[];
    assert.ok(
      prefixes.length > 0 && prefixes.every((prefix) => /[^0-9a-f]/.test(prefix)),
      'a commit begins with hexadecimal digits',
    );
  }
});

each('no function may do everything to the table', (template) => {
  const actions = all(template, 'AWS::IAM::Policy').flatMap(([, policy]) =>
    (at(policy, 'Properties', 'PolicyDocument', 'Statement') as unknown[]).flatMap((of) => at(of, 'Action')),
  );
  assert.deepEqual(
    actions.filter(
      (action) =>
        /\*|Scan|Stream|UpdateItem|BatchWriteItem|DeleteTable/.test(String(action)) &&
        !String(action).startsWith('logs:'),
    ),
    [],
  );
  assert.ok(actions.includes('dynamodb:PutItem'));
});

each('no policy names every resource but for traces, which have none', (template) => {
  for (const [, policy] of all(template, 'AWS::IAM::Policy')) {
    for (const statement of at(policy, 'Properties', 'PolicyDocument', 'Statement') as unknown[]) {
      if (at(statement, 'Resource') !== '*') continue;
      assert.deepEqual(at(statement, 'Action'), ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
    }
  }
});

each('no role has a policy of AWS\' own', (template) => {
  for (const [, role] of all(template, 'AWS::IAM::Role')) assert.equal(role.Properties.ManagedPolicyArns, undefined);
});

each('the gateway throttles, and no API key is promised that an HTTP API does not have', (template) => {
  const settings = one(template, 'AWS::ApiGatewayV2::Stage').Properties.DefaultRouteSettings;
  assert.ok(Number(at(settings, 'ThrottlingRateLimit')) >= 1 && Number(at(settings, 'ThrottlingBurstLimit')) >= 1);
  assert.deepEqual(Object.values(template.Resources).filter(({ Type }) => /ApiKey|UsagePlan/.test(Type)), []);
});

each('no function outlives the gateway\'s patience, and the longest wait ends before either', (template) => {
  const timeout = Number(one(template, FUNCTION, 'Api').Properties.Timeout);
  assert.ok(timeout <= 29 && timeout > limits.longestWaitSeconds);
  assert.ok(Number(one(template, 'AWS::ApiGatewayV2::Integration').Properties.TimeoutInMillis) <= 30000);
});

each('the worker has the time that a visit takes, and a sweep ends before the next', (template) => {
  assert.ok(Number(one(template, FUNCTION, 'Worker').Properties.Timeout) >= limits.workerTimeoutSeconds);
  const sweep = Number(one(template, FUNCTION, 'Sweep').Properties.Timeout);
  assert.ok(sweep < limits.sweepEverySeconds && sweep > limits.sweepAnswerSeconds);
  assert.equal(one(template, 'AWS::Scheduler::Schedule').Properties.ScheduleExpression, 'rate(1 minute)');
});

each('a message that keeps failing ends among the dead letters', (template) => {
  const redrive = at(one(template, QUEUE, 'Queue'), 'Properties', 'RedrivePolicy');
  assert.match(String(idOf(at(redrive, 'deadLetterTargetArn'))), /^DeadLetters/);
  assert.equal(at(redrive, 'maxReceiveCount'), limits.mostReceives);
  assert.equal(one(template, QUEUE, 'DeadLetters').Properties.MessageRetentionPeriod, 14 * 86400);
});

each('a message is hidden for six timeouts of the worker', (template) => {
  const hidden = Number(one(template, QUEUE, 'Queue').Properties.VisibilityTimeout);
  assert.ok(hidden >= 6 * Number(one(template, FUNCTION, 'Worker').Properties.Timeout));
});

each('what was lost on its way is sent again, by a sweeper that a clock calls', (template) => {
  const target = at(one(template, 'AWS::Scheduler::Schedule'), 'Properties', 'Target', 'Arn');
  assert.match(String(idOf(target)), /^SweepFunction/);
  assert.notEqual(one(template, 'AWS::Scheduler::Schedule').Properties.State, 'DISABLED');
});

test('what people wrote outlives the stack in `prod`', () => {
  for (const template of [prod, full]) {
    const table = one(template, TABLE);
    assert.deepEqual([table.DeletionPolicy, table.UpdateReplacePolicy], ['Retain', 'Retain']);
    for (const replica of table.Properties.Replicas as unknown[])
      assert.equal(at(replica, 'DeletionProtectionEnabled'), true);
  }
  const pool = one(prod, 'AWS::Cognito::UserPool');
  assert.deepEqual([pool.DeletionPolicy, pool.Properties.DeletionProtection], ['Retain', 'ACTIVE']);
  assert.equal(one(dev, TABLE).DeletionPolicy, 'Delete');
});

each('the table can be put back to any second of a month, in each of its Regions', (template) => {
  for (const replica of one(template, TABLE).Properties.Replicas as unknown[]) {
    assert.equal(at(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled'), true);
  }
});

each('nothing has a fixed name, so that an account has several stages', (template) => {
  const names = [
    'TableName',
    'QueueName',
    'FunctionName',
    'RoleName',
    'UserPoolName',
    'AlarmName',
    'DashboardName',
    'LogGroupName',
    'TopicName',
    'RuleName',
    'ClientName',
    'Name',
  ];
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    for (const name of names) {
      const isApisTitle = Type === 'AWS::ApiGatewayV2::Api' && name === 'Name';
      if (!isApisTitle) assert.notEqual(typeof Properties[name], 'string', `${id} has a fixed \`${name}\``);
    }
  }
});

each('stacks export nothing to each other', (template) => {
  assert.doesNotMatch(JSON.stringify(template), /Fn::ImportValue/);
  for (const output of Object.values(template.Outputs ?? {})) assert.equal(output.Export, undefined);
  for (const output of Object.values(registry.Outputs ?? {})) assert.equal(output.Export, undefined);
});

each('calls are logged by their route, never by their path, which holds tokens', (template) => {
  const settings = one(template, 'AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings;
  assert.match(String(idOf(at(settings, 'DestinationArn'))), /^AccessLogs/);
  const format = String(at(settings, 'Format'));
  assert.match(format, /\$context\.routeKey/);
  assert.doesNotMatch(format, /\.path\b|sourceIp|userAgent|querystring|authorizer/i);
});

each('every function is traced, logs JSON into a group of its own, and its lines do not stay for ever', (template) => {
  const groups = new Set<string | undefined>();
  for (const [, { Properties }] of all(template, FUNCTION)) {
    assert.deepEqual(Properties.TracingConfig, { Mode: 'Active' });
    assert.equal(at(Properties, 'LoggingConfig', 'LogFormat'), 'JSON');
    groups.add(idOf(at(Properties, 'LoggingConfig', 'LogGroup')));
  }
  assert.equal(groups.size, 3);
  for (const [, group] of all(template, 'AWS::Logs::LogGroup')) assert.ok(Number(group.Properties.RetentionInDays) > 0);
});

each('there is a dashboard', (template) => {
  assert.equal(all(template, 'AWS::CloudWatch::Dashboard').length, 1);
});

each('functions are for arm64 unless told otherwise, and nothing is reserved or sized as a server', (template) => {
  for (const [, { Properties }] of all(template, FUNCTION)) {
    assert.deepEqual(Properties.Architectures, [template === full ? 'x86_64' : 'arm64']);
    assert.equal(Properties.ReservedConcurrentExecutions, undefined);
  }
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  assert.deepEqual(types.filter((type) => /EC2|AutoScaling|ECS|RDS|ApplicationAutoScaling/.test(type)), []);
});

each('queues speak TLS only and are encrypted', (template) => {
  assert.equal(all(template, QUEUE).length, 2);
  for (const [id, queue] of all(template, QUEUE)) {
    assert.equal(queue.Properties.SqsManagedSseEnabled, true);
    const policy = all(template, 'AWS::SQS::QueuePolicy').find(
      ([, of]) => idOf(at(of, 'Properties', 'Queues', 0)) === id,
    );
    const denied = (at(policy?.[1], 'Properties', 'PolicyDocument', 'Statement') as unknown[]).find(
      (of) => at(of, 'Effect') === 'Deny',
    );
    assert.deepEqual(at(denied, 'Condition'), { Bool: { 'aws:SecureTransport': 'false' } });
    assert.deepEqual(at(denied, 'Principal'), { AWS: '*' });
  }
});

each('the table is encrypted by a key whose use can be seen', (template) => {
  assert.deepEqual(one(template, TABLE).Properties.SSESpecification, { SSEEnabled: true, SSEType: 'KMS' });
});

each('the worker is bounded where its messages come from', (template) => {
  const most = Number(
    at(one(template, 'AWS::Lambda::EventSourceMapping'), 'Properties', 'ScalingConfig', 'MaximumConcurrency'),
  );
  assert.ok(most >= 2 && most <= 1000);
});

test('the pool asks for no more of a password than the program does, and tells nobody who has an account', () => {
  for (const template of [dev, prod]) {
    const pool = one(template, 'AWS::Cognito::UserPool').Properties;
    const { MinimumLength, ...rules } = at(pool, 'Policies', 'PasswordPolicy') as Record<string, unknown>;
    assert.equal(MinimumLength, limits.passwordMinLength);
    assert.deepEqual(new Set(Object.values(rules)), new Set([false]));
    assert.deepEqual([pool.UserPoolTier, pool.MfaConfiguration], ['ESSENTIALS', 'OFF']);
    const client = one(template, 'AWS::Cognito::UserPoolClient').Properties;
    assert.deepEqual([client.PreventUserExistenceErrors, client.GenerateSecret], ['ENABLED', false]);
    assert.deepEqual(client.ExplicitAuthFlows, ['ALLOW_USER_PASSWORD_AUTH']);
  }
});

test('an existing pool is used as it is, its issuer by configuration', () => {
  assert.equal(all(full, 'AWS::Cognito::UserPool').length, 0);
  const variables = at(one(full, FUNCTION, 'Api'), 'Properties', 'Environment', 'Variables');
  assert.deepEqual(
    [
      at(variables, 'COGNITO_USER_POOL_ID'),
      at(variables, 'COGNITO_USER_POOL_CLIENT_ID'),
      at(variables, 'COGNITO_ISSUER'),
    ],
    ['us-east-1_Existing1', 'abcdefghij0123456789', 'https://issuer.example/pool'],
  );
});

test('a domain of one\'s own is the only way in', () => {
  assert.equal(one(full, 'AWS::ApiGatewayV2::Api').Properties.DisableExecuteApiEndpoint, true);
  assert.equal(
    at(one(full, 'AWS::ApiGatewayV2::DomainName'), 'Properties', 'DomainNameConfigurations', 0, 'EndpointType'),
    'REGIONAL',
  );
  assert.equal(full.Outputs?.ApiUrl?.Value, 'https://api.example.com');
});

test('further Regions have the table, and no other thing', () => {
  const regions = (one(full, TABLE).Properties.Replicas as unknown[]).map((replica) => at(replica, 'Region'));
  assert.deepEqual(regions.toSorted(), ['eu-central-1', 'eu-west-1']);
});

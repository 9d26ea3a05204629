// Who the workflows may be on AWS: exactly whom each role trusts, and what it may do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { text } from './workflows.ts';

type Statement = { Effect: string; Action: string | string[]; Resource: string | string[]; Condition?: unknown };
type Document = { Statement: Statement[] };
type Resource = {
  Type: string;
  Properties: {
    AssumeRolePolicyDocument?: { Statement: (Statement & { Condition: Record<string, Record<string, string>> })[] };
    Policies?: { PolicyDocument: Document }[];
    PolicyDocument?: Document;
    ManagedPolicyArns?: string[];
  };
};

// The short forms of CloudFormation are tags that YAML does not know: their values are read as they stand.
const { Parameters, Resources } = parse(text('infra/pipeline-roles.yaml'), { logLevel: 'silent' }) as {
  Parameters: Record<string, { AllowedPattern?: string }>;
  Resources: Record<string, Resource>;
};

/** The actions of a role's own policies, or of a managed policy. */
function actions(name: string): string[] {
  const { Policies, PolicyDocument } = Resources[name]?.Properties ?? {};
  const documents = [...(Policies ?? []).map((policy) => policy.PolicyDocument), ...(PolicyDocument ? [PolicyDocument] : [])];
  return documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)).sort();
}

test('each role trusts one environment of one repository, exactly', () => {
  const environments = { PushRole: 'registry', BootstrapRole: 'bootstrap', DeployDevRole: 'dev', DeployProdRole: 'prod' };
  const roles = Object.keys(Resources).filter((name) => Resources[name]?.Type === 'AWS::IAM::Role');
  assert.deepEqual(roles.sort(), Object.keys(environments).sort());
  for (const [name, environment] of Object.entries(environments)) {
    const [trust, ...more] = Resources[name]?.Properties.AssumeRolePolicyDocument?.Statement ?? [];
    assert.equal(more.length, 0, name);
    assert.equal(trust?.Action, 'sts:AssumeRoleWithWebIdentity', name);
    const expected = {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `repo:\${Repository}:environment:${environment}`,
    };
    assert.deepEqual(trust?.Condition, { StringEquals: expected }, name);
  }
});

test('a repository is named as its tokens name it, with both numbers or none, and never by a pattern', () => {
  // CloudFormation compares the whole of a value.
  const pattern = new RegExp(`^(?:${Parameters['Repository']?.AllowedPattern})$`);
  for (const name of ['owner/name', 'an-owner/a.name_2', 'owner@1/name@2', 'an-owner@123456/a.name@456789']) assert.match(name, pattern);
  for (const name of ['owner', 'owner/*', '*/name', 'owner/name?', 'owner@1/name', 'owner/name@2', 'owner@/name@', 'owner@*/name@*', 'owner/name:ref', 'a/b/c', '']) {
    assert.doesNotMatch(name, pattern);
  }
  // What the page tells to read is what the parameter takes.
  const [, filter = ''] = /--jq '"(\\\(\.owner\.login\).*?)"'/.exec(text('docs/deploy.md')) ?? [];
  const read = filter.replace('\\(.owner.login)', 'an-owner').replace('\\(.owner.id)', '12').replace('\\(.name)', 'a.name').replace('\\(.id)', '34');
  assert.equal(read, 'an-owner@12/a.name@34');
  assert.match(read, pattern);
});

test('who pushes cannot deploy, and who deploys cannot push', () => {
  assert.deepEqual(actions('PushRole'), [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:DescribeImages',
    'ecr:GetAuthorizationToken',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ]);
  assert.equal(Resources['PushRole']?.Properties.ManagedPolicyArns, undefined);
  assert.deepEqual(actions('DeployPolicy'), [
    'cloudformation:DescribeStacks',
    'cloudformation:UpdateTerminationProtection',
    'ecr:BatchGetImage',
    'ecr:DescribeImages',
    'ecr:GetDownloadUrlForLayer',
    'lambda:GetFunction',
    'sts:AssumeRole',
  ]);
  for (const name of ['BootstrapRole', 'DeployDevRole', 'DeployProdRole']) {
    assert.deepEqual([Resources[name]?.Properties.ManagedPolicyArns, actions(name)], [['DeployPolicy'], []], name);
  }
  assert.doesNotMatch(text('infra/pipeline-roles.yaml'), /image-publishing-role/);
});

test('the one resource that is everything is what has no resource', () => {
  const statements = Object.values(Resources).flatMap(({ Properties: { Policies, PolicyDocument } }) =>
    [...(Policies ?? []).map((policy) => policy.PolicyDocument), ...(PolicyDocument ? [PolicyDocument] : [])].flatMap(
      ({ Statement }) => Statement,
    ),
  );
  const wild = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
  assert.deepEqual(wild.map(({ Action }) => Action), ['ecr:GetAuthorizationToken']);
  for (const { Action } of statements) assert.ok([Action].flat().every((action) => !action.includes('*')));
});

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
const { Resources } = parse(text('infra/pipeline-roles.yaml'), { logLevel: 'silent' }) as { Resources: Record<string, Resource> };

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
    'ecr:DescribeImages',
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

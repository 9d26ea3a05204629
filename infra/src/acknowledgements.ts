/** Findings of cdk-nag that stay, each with its reason. What is not here fails the synthesis. */

import { type Stack, Validations } from 'aws-cdk-lib';

export interface Acknowledgement {
  /** The construct within the stack; nothing is acknowledged where a setting left it out. */
  readonly of: string;
  readonly id: string;
  readonly reason: string;
}

const TRACES = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'X-Ray has no resources: a segment is put for the account or not at all',
};

export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  { of: 'ApiRole', ...TRACES },
  { of: 'WorkerRole', ...TRACES },
  { of: 'SweepRole', ...TRACES },
  {
    of: 'Api', id: 'AwsSolutions-APIG4',
    reason: 'the program verifies tokens: an authorizer cannot tell an access token from an ID token, whose audience is the same client',
  },
  {
    of: 'People', id: 'AwsSolutions-COG1',
    reason: 'the program asks for length and refuses common passwords, as NIST SP 800-63B has it; rules of composition make passwords alike',
  },
  {
    of: 'People', id: 'AwsSolutions-COG2',
    reason: 'a second factor cannot be asked for by the operations of this API, so nobody could sign in where it is required',
  },
  {
    of: 'People', id: 'AwsSolutions-COG8',
    reason: 'the plan Plus is paid for each person who signs in; whoever wants its threat protection names a pool of their own',
  },
];

export function acknowledge(stack: Stack, those: readonly Acknowledgement[]): void {
  for (const { of, id, reason } of those) {
    const construct = stack.node.tryFindChild(of);
    if (construct !== undefined) Validations.of(construct).acknowledge({ id, reason });
  }
}

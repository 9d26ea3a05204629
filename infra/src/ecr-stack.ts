/** The registry, one an account: deployed before the first image is pushed, and apart from what runs the images. */

import { ArnFormat, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What pull requests and trials are tagged with. A commit's image has the commit for a tag, and is kept. */
export const TRIAL_PREFIX = 'trial-';

export class EcrStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const repository = new Repository(this, 'Repository', {
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: RepositoryEncryption.AES_256,
      removalPolicy: RemovalPolicy.RETAIN,
      emptyOnDelete: false,
      lifecycleRules: [
        {
          rulePriority: 1,
          description: 'trials are short; what is deployed has a commit for its tag, and no rule fits it',
          tagStatus: TagStatus.TAGGED,
          tagPrefixList: [TRIAL_PREFIX],
          maxImageCount: 20,
        },
      ],
    });
    // AWS Lambda reads an image again whenever it has put a function to sleep, and says for which one it does.
    const functions = this.formatArn({
      service: 'lambda', resource: 'function', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    repository.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal('lambda.amazonaws.com')],
      actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      conditions: { StringLike: { 'aws:sourceArn': functions } },
    }));
    new CfnOutput(this, 'RepositoryName', { value: repository.repositoryName });
    new CfnOutput(this, 'RepositoryUri', { value: repository.repositoryUri });
  }
}

/** Who is told of alarms: a topic that is there, or one of the stack's own that mails. */

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export function makeTarget(scope: Construct, alarmTarget: string): ITopic {
  if (alarmTarget.startsWith('arn:')) return Topic.fromTopicArn(scope, 'Target', alarmTarget);
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
  const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  // A key of its own, because the one that SNS brings along lets no alarm encrypt.
  const masterKey = new Key(scope, 'TargetKey', { enableKeyRotation: true, description: 'Alarms of Smart Wishlist' });
  masterKey.addToResourcePolicy(new PolicyStatement({
    principals: [alarms], actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'], conditions,
  }));
  const topic = new Topic(scope, 'Target', { masterKey, enforceSSL: true });
  topic.addToResourcePolicy(new PolicyStatement({ principals: [alarms], actions: ['sns:Publish'], resources: [topic.topicArn], conditions }));
  topic.addSubscription(new EmailSubscription(alarmTarget));
  return topic;
}

/** The one table. What it is made of is the program's: nothing here is typed that `table` of the constants has. */

import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

import { table } from '../generated/program.ts';
import type { Settings } from '../settings.ts';
import { removal } from './removal.ts';

export function makeTable(scope: Construct, settings: Settings): TableV2 {
  const { retains, policy } = removal(settings);
  const text = (name: string) => ({ name, type: AttributeType.STRING });
  return new TableV2(scope, 'Table', {
    partitionKey: text(table.partitionKey),
    sortKey: text(table.sortKey),
    timeToLiveAttribute: table.timeToLive,
    globalSecondaryIndexes: [
      {
        indexName: table.index.name,
        partitionKey: text(table.index.partitionKey),
        sortKey: text(table.index.sortKey),
        projectionType: ProjectionType[table.index.projection],
      },
    ],
    // Nobody knows the load of a new service, and what is not used costs nothing.
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: retains,
    removalPolicy: policy,
    replicas: settings.replicaRegions.map((region) => ({ region, deletionProtection: retains })),
  });
}

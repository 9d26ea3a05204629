/** What becomes of things that hold what people wrote. */

import { RemovalPolicy } from 'aws-cdk-lib';

import type { Settings } from '../settings.ts';

export interface Removal {
  /** Whether they outlive the stack, and are protected from being deleted by hand. */
  readonly retains: boolean;
  readonly policy: RemovalPolicy;
}

export function removal({ removalPolicy }: Settings): Removal {
  const retains = removalPolicy === 'retain';
  return { retains, policy: retains ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY };
}

/** Everything this service listens to: people from the gateway, licences to count. */
import type { Subscription } from '@membership/platform/consumer';
import type { Directory } from '@membership/platform/directory';
import { licensingSubscriptions } from './licensing/projections.ts';
import type { Models } from './models.ts';

export const subscriptions = (models: Models, directory: Directory): Subscription[] => [
  ...directory.subscriptions(),
  ...licensingSubscriptions(models),
];

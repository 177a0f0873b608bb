/** Everything this service listens to: who exists, and which applications. */
import type { Subscription } from '@membership/platform/consumer';
import type { Directory } from '@membership/platform/directory';
import type { ApplicationRegister } from './catalogue/application-register.ts';

export const subscriptions = (directory: Directory, applications: ApplicationRegister): Subscription[] => [
  ...directory.subscriptions(),
  ...applications.subscriptions(),
];

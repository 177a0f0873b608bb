/** What the vip service is: for its process, and for tests. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { ServiceDefinition } from '@membership/platform/service';
import { build } from './app.ts';
import { settings, type VipSettings } from './config.ts';

export const vipService: ServiceDefinition<VipSettings> = {
  name: 'vip',
  settings,
  secrets: ['INTERNAL_KEY'],
  endpoints: endpointsIn(contracts),
  build,
};

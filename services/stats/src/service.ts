/** The stats service: what the log adds up to. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as endpoints from '@membership/contracts/endpoints/stats/index';
import type { ServiceDefinition } from '@membership/platform/service';
import { build } from './app.ts';
import { statsSettings } from './config.ts';

export const statsService: ServiceDefinition<typeof statsSettings> = {
  name: 'stats',
  settings: statsSettings,
  secrets: ['INTERNAL_KEY'],
  endpoints: endpointsIn(endpoints),
  build: (context) => build(context),
};

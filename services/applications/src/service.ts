/** What the applications service is: for its process, and for tests. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/applications/index';
import type { ServiceDefinition } from '@membership/platform/service';
import { build } from './app.ts';
import { settings, type ApplicationsSettings } from './config.ts';

export const applicationsService: ServiceDefinition<ApplicationsSettings> = {
  name: 'applications',
  settings,
  secrets: ['INTERNAL_KEY'],
  endpoints: endpointsIn(contracts),
  build,
};

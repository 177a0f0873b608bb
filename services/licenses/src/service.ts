/** What the licences service is: for its process, and for tests. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { ServiceDefinition } from '@membership/platform/service';
import { build } from './app.ts';
import { settings, type LicensesSettings } from './config.ts';

export const licensesService: ServiceDefinition<LicensesSettings> = {
  name: 'licenses',
  settings,
  secrets: ['INTERNAL_KEY'],
  endpoints: endpointsIn(contracts),
  build,
};

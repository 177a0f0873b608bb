/** The gateway: who calls, whose data, how often, and which service answers. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as endpoints from '@membership/contracts/endpoints/gateway/index';
import type { ServiceDefinition } from '@membership/platform/service';
import { build } from './app.ts';
import { secretSettings, settings } from './config.ts';
import { checkSettingsKeys } from './tokens/settings-keys.ts';

export const gatewayService: ServiceDefinition<typeof settings> = {
  name: 'gateway',
  settings,
  secrets: secretSettings,
  fingerprintSecret: 'WEBHOOK_SECRET_KEY',
  checkSettings: checkSettingsKeys,
  endpoints: endpointsIn(endpoints),
  build,
};

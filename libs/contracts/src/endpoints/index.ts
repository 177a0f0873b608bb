/** Every endpoint of the platform: the gateway's route table, the OpenAPI document and tests are read from it. */
import { endpointsIn, type Endpoint } from '../endpoint.ts';
import * as applications from './applications/index.ts';
import * as gateway from './gateway/index.ts';
import * as licenses from './licenses/index.ts';
import * as points from './points/index.ts';
import * as stats from './stats/index.ts';
import * as vip from './vip/index.ts';

export const allEndpoints: readonly Endpoint[] = [
  gateway,
  points,
  vip,
  licenses,
  applications,
  stats,
].flatMap(endpointsIn);

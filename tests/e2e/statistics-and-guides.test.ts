/** What the platform counts, and what its guides and examples say of it. One platform for both, as starting one takes long. */
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { guides } from './stories/guides.ts';
import { statistics, ZONE } from './stories/statistics.ts';

let kit: PlatformKit;
beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  const points = { EXPIRY_JOB_SECONDS: '2' };
  const gateway = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };
  kit = await startPlatformKit({ environment: { points, gateway } });
});
afterAll(() => kit?.stop());
const platform = () => kit;

describe('statistics', () => {
  statistics(platform);
});
describe('guides', () => {
  guides(platform);
});

/** The stories of the product over real processes. One platform for all, as starting one takes longer than most of them. */
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';
import { administrativeActsStory } from './stories/administrative-acts.ts';
import { everyEndpoint } from './stories/every-endpoint.ts';
import { licenceStory } from './stories/licence-story.ts';
import { mainStory } from './stories/main-story.ts';
import { tenantErasure } from './stories/tenant-erasure.ts';
import { vipTags } from './stories/vip-tags.ts';

let kit: PlatformKit;
beforeAll(async () => {
  kit = await startPlatformKit();
});
afterAll(() => kit?.stop());
const platform = () => kit;

describe('the main story', () => {
  mainStory(platform);
});
describe('licences', () => {
  licenceStory(platform);
});
describe('VIP tags', () => {
  vipTags(platform);
});
describe('every administrative act is a fact', () => {
  administrativeActsStory(platform);
});
describe('every endpoint', () => {
  everyEndpoint(platform);
});
describe('a tenant is erased', () => {
  tenantErasure(platform);
});

/** What a tag gives reaches the member's permissions while the answer to its grant is still warm, and leaves them as fast. */
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

let kit: PlatformKit;
beforeAll(async () => {
  kit = await startPlatformKit();
});
afterAll(() => kit?.stop());

test('granted, suspended, resumed, redefined, revoked: each reaches the permissions and quotas, and says how fast', async () => {
  const [admin, john, johnId] = [
    await kit.as('admin_acme'),
    await kit.as('john_doe'),
    await kit.idOf('john_doe'),
  ];
  const [tag] = (await admin.ask(vip.listTags, { query: { search: 'VIP_GOLD' } })).items;
  const tagId = tag?.id as number;
  const permissions = () => john.ask(points.getProfilePermissions, { params: { id: String(johnId) } });
  const took: string[] = [];
  /** From the answer of a step to the first answer that knows of it. The outcome counts; the time is told. */
  async function reaches(name: string, step: () => Promise<unknown>, isKnown: () => Promise<void>) {
    await step();
    const answered = performance.now();
    await eventually(isKnown, { every: 5 });
    took.push(`${name} ${Math.round(performance.now() - answered)} ms`);
  }
  const gives = async (bonus: number) => {
    const { vip_tag_permissions: tags, effective_permissions: effective } = await permissions();
    expect(Object.keys(tags)).toEqual(bonus > 0 ? ['VIP_GOLD'] : []);
    expect(effective.discount_rate).toBeCloseTo(0.05 + bonus);
    expect(effective.max_downloads_per_day).toBe(bonus > 0 ? 20 : 10);
  };
  await gives(0);
  const body = { member_id: johnId, tag_id: tagId, duration_days: 30 };
  let id = 0;
  await reaches(
    'granted',
    async () => ({ id } = await admin.ask(vip.grantTag, { body })),
    () => gives(0.1),
  );
  const params = { id: String(id) };
  await reaches(
    'suspended',
    () => admin.ask(vip.suspendUserTag, { params, body: {} }),
    () => gives(0),
  );
  await reaches(
    'resumed',
    () => admin.ask(vip.resumeUserTag, { params, body: {} }),
    () => gives(0.1),
  );
  await reaches(
    'redefined',
    () =>
      admin.ask(vip.changeTag, {
        params: { id: String(tagId) },
        body: { permission_modifiers: { discount_rate_bonus: 0.2 } },
      }),
    () => gives(0.2),
  );
  await reaches(
    'revoked',
    () => admin.ask(vip.revokeUserTag, { params, body: {} }),
    () => gives(0),
  );
  process.stdout.write(
    `     from vip's answer to points' permissions: ${took.join(', ')} (said: within a second)\n`,
  );
});

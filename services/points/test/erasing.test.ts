/** What the points service keeps of a person goes with its member; the numbers stay. */
import * as points from '@membership/contracts/endpoints/points/index';
import { memberErased } from '@membership/contracts/events/gateway';
import { eventually } from '@membership/platform/testing/service-kit';
import { john, system } from './one-membership.ts';

test('names, details and addresses of an erased member are gone, of nobody else; the ledger adds up', async () => {
  const other = await system.aMember();
  const item = { redemption_item_id: 'GIFT7', item_name: '礼品', points_cost: 10, stock: 10 };
  await system.admin().ask(points.createRedemptionItem, { body: item });
  const delivery_address = { name: '张三', phone: '13800138000', address: '北京市朝阳区' };
  for (const member of [john, other]) {
    await system.earn(member, 100);
    await system.member(member).ask(points.updateMemberProfile, {
      body: { nickname: '小张', birthday: '1990-01-02', preferences: { marketing_consent: true } },
    });
    const body = { redemption_item_id: 'GIFT7', delivery_address };
    await system.member(member).ask(points.redeemPoints, { body });
  }
  const name = `erased:${john}`;
  const data = {
    ...{ memberId: john, username: name, email: `${name}@erased.invalid`, displayName: '' },
    ...{ role: 'member' as const, isActive: false, externalId: null, joinedAt: new Date().toISOString() },
  };
  await system.kit.publish(memberErased, { subject: john, sequence: 9, data });
  const addresses = async (member: number) =>
    (await system.admin().ask(points.listRedemptions, { query: { user_id: String(member) } })).items.map(
      (one) => one.delivery_address,
    );
  await eventually(async () => expect(await addresses(john)).toEqual([null]));
  expect(await system.membership(john)).toMatchObject({
    ...{ nickname: null, birthday: null, preferences: { marketing_consent: false } },
    points: { available_points: 90 },
  });
  const shown = await system.admin().ask(points.getProfile, { params: { id: String(john) } });
  expect(JSON.stringify(shown)).toContain(name);
  expect(await addresses(other)).toEqual([delivery_address]);
  expect((await system.membership(other)).nickname).toBe('小张');
  const stores = await system.kit.connection.db?.collections();
  for (const store of stores ?? []) {
    if (['inbox', 'outbox', 'idempotency'].some((own) => store.collectionName.includes(own))) continue;
    const rows = await store.find({ $or: [{ memberId: john }, { _id: john as never }] }).toArray();
    expect([store.collectionName, JSON.stringify(rows)]).toEqual([
      store.collectionName,
      expect.not.stringMatching(/john_|张|13800138000|1990-01-02/),
    ]);
  }
});

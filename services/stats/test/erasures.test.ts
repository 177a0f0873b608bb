/** An erased member's names leave the archive, those told late, too; the events and the numbers stay. */
import { getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { memberCreated, memberErased, memberUpdated } from '@membership/contracts/events/gateway';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { eraseArchived } from '../src/erasures/erase-archived.ts';
import { statsService } from '../src/service.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(statsService);
});
afterAll(() => kit.stop());

const named = (memberId: number, username: string) => ({
  ...{ memberId, username, email: `${username}@example.com`, displayName: username },
  ...{ role: 'member' as const, isActive: true, externalId: null, joinedAt: new Date().toISOString() },
});
const archived = async (tenantId: number) =>
  (await kit.connection.collection('archive').find({ tenantId }).sort({ time: 1 }).toArray()).map(
    ({ text }) =>
      JSON.parse(text as string) as { type: string; data: { memberId: number; username: string } },
  );
const namesOf = async (tenantId: number) =>
  (await archived(tenantId)).map(({ data }) => `${data.memberId}: ${data.username}`).sort();

test('by the job, in every event that told them', async () => {
  const tenantId = 901;
  await kit.publish(memberCreated, { tenantId, subject: 5, sequence: 1, data: named(5, 'jane') });
  await kit.publish(memberUpdated, { tenantId, subject: 5, sequence: 2, data: named(5, 'jane_roe') });
  await kit.publish(memberCreated, { tenantId, subject: 6, sequence: 1, data: named(6, 'john') });
  const erased = { ...named(5, 'erased:5'), email: 'erased:5@erased.invalid', isActive: false };
  await kit.publish(memberErased, { tenantId, subject: 5, sequence: 3, data: erased });
  const look = () => eraseArchived(kit.connection, new AbortController().signal, new Date());
  const names = ['5: erased:5', '5: erased:5', '5: erased:5', '6: john'];
  await eventually(async () => {
    await look();
    expect(await namesOf(tenantId)).toEqual(names);
  });
  // An event that was told late: the erasure is looked at again.
  await kit.publish(memberUpdated, { tenantId, subject: 5, sequence: 2, data: named(5, 'jane_late') });
  await eventually(async () => {
    expect(await archived(tenantId)).toHaveLength(5);
    await look();
    expect(JSON.stringify(await archived(tenantId))).not.toMatch(/jane/);
  });
  await eventually(async () => {
    const overview = await kit.as({ role: 'admin', tenantId }).ask(getStatsOverview, {});
    expect(overview.members).toMatchObject({ total: 2, active: 1 });
  });
});

test('those of another tenant stay; after a day an erasure is over, and found no more', async () => {
  const tenantId = 902;
  await kit.publish(memberCreated, { tenantId: 903, subject: 5, sequence: 1, data: named(5, 'jane') });
  await kit.publish(memberErased, { tenantId, subject: 5, sequence: 3, data: named(5, 'erased:5') });
  await eventually(async () => expect(await archived(tenantId)).toHaveLength(1));
  await eventually(async () => expect(await namesOf(903)).toEqual(['5: jane']));
  const later = new Date(Date.now() + 25 * 3_600_000);
  await eraseArchived(kit.connection, new AbortController().signal, later);
  expect(await namesOf(903)).toEqual(['5: jane']);
  const archive = kit.connection.collection('archive');
  const open = { type: memberErased.type, isErased: { $exists: false } };
  expect(await archive.countDocuments({ tenantId, ...open })).toBe(0);
  const { queryPlanner } = (await archive.find(open).explain('queryPlanner')) as {
    queryPlanner: { winningPlan: unknown };
  };
  expect(JSON.stringify(queryPlanner.winningPlan)).not.toContain('COLLSCAN');
});

/** The summary of records is the same whether it is added up from all of them or from what was kept. */
import {
  batchPoints,
  listPointsRecords,
  summarizePointsRecords,
} from '@membership/contracts/endpoints/points/index';
import { counterOf, type PointsRecord } from '../src/domain/record.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let rich: number;
let other: number;
beforeAll(async () => {
  ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  [rich, other] = [await ledger.aMember(), await ledger.aMember()];
});
afterAll(() => ledger?.stop());

const HOUR = 3_600_000;
const by = <T extends { _id: number | string } = PointsRecord>(name: string) =>
  ledger.kit.connection.collection<T>(name);
const batch = (operation: 'EARN' | 'USE', count: number, ...members: number[]) =>
  ledger.admin().ask(batchPoints, {
    body: {
      operation_type: operation,
      reason: 'many',
      users: Array.from({ length: count }, (_, index) => ({
        user_id: members[index % members.length] as number,
        points: 1 + (index % 3),
      })),
    },
  });
/** Lets all that happened since `since` have happened so many hours ago. */
async function ago(hours: number, since: Date) {
  const at = new Date(Date.now() - hours * HOUR);
  for (const field of ['createdAt', 'statusChangedAt', 'expiredAt'])
    await by('records').updateMany({ [field]: { $gte: since } }, { $set: { [field]: at } });
}
type Filter = { readonly member?: number; readonly point_type?: string; readonly status?: string };

/** Added up one by one. */
function recount(all: readonly PointsRecord[], { member, point_type, status }: Filter) {
  const records = all.filter(
    (record) =>
      record.memberId === (member ?? record.memberId) &&
      record.type === (point_type ?? record.type) &&
      record.status === (status ?? record.status),
  );
  const count = (field: 'type' | 'category' | 'status', value: string) =>
    records.filter((record) => record[field] === value).length;
  const flow = (counter: string) =>
    records
      .filter(({ type, points, reversalOf }) => counterOf(type, reversalOf ? -points : points) === counter)
      .reduce((sum, { points }) => sum + points, 0);
  const [earned, spent] = [flow('earned'), -flow('spent')];
  const of = (field: 'type' | 'status', ...values: string[]) =>
    Object.fromEntries(values.map((value) => [value, count(field, value)]));
  return {
    total_records: records.length,
    by_type: of('type', 'earn', 'spend', 'adjust', 'expire'),
    by_category: Object.fromEntries(
      [...new Set(records.map(({ category }) => category))].map((one) => [one, count('category', one)]),
    ),
    by_status: of('status', 'active', 'expired', 'cancelled'),
    total_points_flow: { earned, spent: spent || 0, net: earned - spent },
  };
}
async function expectSame() {
  const filters: Filter[] = [
    {},
    { point_type: 'earn' },
    { status: 'cancelled' },
    { status: 'active', point_type: 'spend' },
    { member: rich },
    { member: other },
    { member: rich, status: 'expired' },
  ];
  const all = await by('records').find({ tenantId: 1 }).toArray();
  for (const filter of filters)
    expect([
      filter,
      await ledger.admin().ask(summarizePointsRecords, { query: JSON.parse(JSON.stringify(filter)) }),
    ]).toEqual([filter, recount(all, filter)]);
}
const keptUntil = async (id: string) =>
  (await by<{ _id: string; until: Date }>('record_sums').findOne({ _id: id }))?.until;
const someRecords = (query: object, limit: number) =>
  by('records')
    .find({ memberId: rich, ...query })
    .sort({ ordinal: 1 })
    .limit(limit)
    .toArray();

test('kept, moved on, and with what has changed since: always what the records say', async () => {
  const began = new Date();
  await batch('EARN', 1_000, rich, rich, rich, other);
  await batch('EARN', 1_000, rich);
  await batch('USE', 100, rich, other);
  await expectSame();
  expect(await keptUntil('1')).toBeUndefined();

  await ago(3, began);
  await expectSame();
  for (const id of ['1', `1:${rich}`]) expect(await keptUntil(id)).toBeInstanceOf(Date);
  expect(await keptUntil(`1:${other}`)).toBeUndefined();

  // Let the sums be of two hours ago; since then records of before were cancelled, have expired, or both, and many came.
  await by<{ _id: string }>('record_sums').updateMany(
    {},
    { $set: { until: new Date(Date.now() - 2 * HOUR) } },
  );
  const changing = new Date();
  const earnings = await someRecords({ type: 'earn', status: 'active' }, 6);
  const [spending] = await someRecords({ type: 'spend' }, 1);
  const [first, second, third, fourth, fifth, sixth] = earnings.map(({ _id }) => _id) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  await ledger.cancel((spending as PointsRecord)._id);
  await ledger.cancel(first);
  for (const lot of [second, third]) await ledger.endNow(rich, { lot });
  await ledger.earn(rich, 7);
  await ledger.cancel(third);
  await batch('EARN', 1_000, rich);
  await expectSame();

  await ago(1, changing);
  const later = new Date();
  await expectSame();
  expect((await keptUntil('1'))?.getTime()).toBeGreaterThan(Date.now() - HOUR);

  for (const lot of [fourth, fifth]) await ledger.endNow(rich, { lot });
  await ledger.earn(rich, 3);
  await ledger.cancel(fourth);
  await ledger.cancel(second);
  await ledger.cancel(sixth);
  await expectSame();
  await by<{ _id: string }>('record_sums').updateMany(
    {},
    { $set: { until: new Date(Date.now() - HOUR / 2) } },
  );
  await batch('EARN', 1_000, rich);
  await ago(0.25, later);
  await expectSame();
  expect(
    (await someRecords({ _id: { $in: [second, third, fourth] } }, 9)).map(({ status }) => status),
  ).toEqual(Array(3).fill('cancelled'));
  expect(await ledger.faults()).toEqual([]);
});

test('a member’s list is counted by its profile, whatever its length', async () => {
  const { count } = await ledger.as({ userId: other }).ask(listPointsRecords, {});
  expect(count).toBe(await by('records').countDocuments({ memberId: other }));
});

/** Profiles whose points cannot be ended: what is due of all others is done all the same, and it is said that something is left. */
import { expirePoints } from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

type Row = { _id: number; [field: string]: unknown };
const PAST = new Date('2026-01-01T00:00:00Z');
/** Some hundred transactions that fail. */
const LONG = { milliseconds: 120_000 };
const numbered = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

const by = ({ kit }: LedgerKit, name: string) => kit.connection.collection<Row>(name);
const stored = (ledger: LedgerKit, member: number) => by(ledger, 'profiles').findOne({ _id: member });

const ended = (ledger: LedgerKit, job: string, outcome: 'done' | 'failed') =>
  eventually(
    async () =>
      expect(await ledger.kit.metrics()).toMatch(
        new RegExp(`job_runs_total\\{job="${job}",outcome="${outcome}"[^}]*\\} [1-9]`),
      ),
    LONG,
  );

/** Stores profiles like that of a member. */
async function manyLike(ledger: LedgerKit, member: number, ids: readonly number[], more = {}): Promise<void> {
  const profile = await stored(ledger, member);
  await by(ledger, 'profiles').insertMany(ids.map((id) => ({ ...profile, ...more, _id: id })));
}

/** Stores profiles that are due before all others and whose lots hold what they do not have. */
async function manyBroken(ledger: LedgerKit, member: number, ids: readonly number[]): Promise<void> {
  const lot = { initial: 1, remaining: 1, held: 0, endsAt: PAST, isOpen: true };
  await by(ledger, 'records').insertMany(
    ids.map((id) => ({ _id: id, tenantId: 1, memberId: id, ordinal: 1, createdAt: PAST, lot })),
  );
  await manyLike(ledger, member, ids, { nextExpiryAt: PAST, available: 0 });
}

async function remove(ledger: LedgerKit, ids: readonly number[]): Promise<void> {
  for (const name of ['profiles', 'records']) await by(ledger, name).deleteMany({ _id: { $in: [...ids] } });
}

/** A member with points that end now, and broken ones before it. */
async function aSoundOneBehind(ledger: LedgerKit, broken: readonly number[]): Promise<number> {
  const sound = await ledger.aMember();
  const { body } = await ledger.earn(sound, 10);
  const like = await ledger.aMember();
  await ledger.profile(like);
  await manyBroken(ledger, like, broken);
  await ledger.endNow(sound, { lot: body.record_id });
  return sound;
}

async function expectUntouched(ledger: LedgerKit, broken: readonly number[]): Promise<void> {
  const left = { _id: { $in: [...broken] }, 'lot.remaining': 1 };
  expect(await by(ledger, 'records').countDocuments(left)).toBe(broken.length);
  await remove(ledger, broken);
  expect(await ledger.faults()).toEqual([]);
}

test('by hand, points are ended', async () => {
  const ledger = await startLedgerKit({ EXPIRY_JOB_SECONDS: '3600' });
  try {
    // It comes again in an hour.
    await ended(ledger, 'points-expiry', 'done');
    const broken = [70_000_000];
    const sound = await aSoundOneBehind(ledger, broken);
    const { status, body } = await ledger.admin().call(expirePoints, {});
    expect([status, body]).toMatchObject([200, { profiles: 1, is_complete: false }]);
    expect(await stored(ledger, sound)).toMatchObject({ available: 0, expiredTotal: 10 });
    await expectUntouched(ledger, broken);
  } finally {
    await ledger.stop();
  }
}, 300_000);

describe('by the jobs', () => {
  let ledger: LedgerKit;
  beforeAll(async () => {
    ledger = await startLedgerKit();
  });
  afterAll(() => ledger?.stop());

  test('points are ended', async () => {
    const moreThanABatch = numbered(70_000_000, 201);
    const sound = await aSoundOneBehind(ledger, moreThanABatch);
    await eventually(
      async () => expect(await stored(ledger, sound)).toMatchObject({ available: 0, expiredTotal: 10 }),
      LONG,
    );
    await ended(ledger, 'points-expiry', 'failed');
    await expectUntouched(ledger, moreThanABatch);
  }, 300_000);

  test('levels are followed, and the tenant asks for it until they all are', async () => {
    const member = await ledger.aMember();
    await ledger.earn(member, 2_000);
    await ledger.spend(member, 1_500);
    const levelId = async (id: number) => (await stored(ledger, id))?.levelId;
    const gold = await levelId(member);
    // The last one is in another batch than the first.
    const [first, ...others] = numbered(60_000_000, 502) as [number, ...number[]];
    await manyBroken(ledger, member, [first]);
    await manyLike(ledger, member, others);
    const asked = () => by(ledger, 'points_settings').findOne({ tenantId: 1 });
    await ledger.settings({ level_policy: { basis: 'total', downgrade: 'recompute', review_days: 30 } });

    await eventually(async () => expect(await levelId(others.at(-1) as number)).not.toBe(gold), LONG);
    expect(await levelId(first)).toBe(gold);
    expect(await asked()).toHaveProperty('levelsToFollow');
    await ended(ledger, 'points-levels', 'failed');

    await remove(ledger, [first]);
    await eventually(async () => expect(await asked()).not.toHaveProperty('levelsToFollow'), LONG);
    await remove(ledger, others);
    expect(await ledger.faults()).toEqual([]);
  }, 300_000);
});

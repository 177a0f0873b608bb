/** A member's tags count as long as their clock says, whether or not anybody tells that it has run out. */
import { consumeQuota, getProfilePermissions } from '@membership/contracts/endpoints/points/index';
import type { FactOf } from '@membership/contracts/event';
import { vipGranted, vipRenewed, vipTagUpdated } from '@membership/contracts/events/vip';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());

let nextId = 900_000;
const definition = (bonus: number, tagId = 5) => ({
  tagId,
  tagName: 'VIP金牌',
  tagCode: 'VIP_GOLD',
  tagType: 'vip',
  tagColor: '#FFD700',
  tagIcon: '👑',
  tagLevel: 10,
  permissionModifiers: { discount_rate_bonus: bonus },
  quotaModifiers: { download_multiplier: 2 },
  isActive: true,
});
const after = (milliseconds: number) => new Date(Date.now() + milliseconds);
type State = FactOf<typeof vipGranted>;
const aHolding = (memberId: number, more: Partial<State> = {}): State => ({
  userTagId: nextId++,
  memberId,
  tag: definition(0.1),
  status: 'active',
  grantedAt: new Date().toISOString(),
  expiresAt: after(86_400_000).toISOString(),
  graceEndsAt: after(2 * 86_400_000).toISOString(),
  autoRenew: false,
  reason: null,
  ...more,
});
const isGranted = (data: State, sequence = 1) =>
  ledger.kit.publish(vipGranted, { subject: data.userTagId, sequence, data });
const permissionsOf = (member: number) =>
  ledger
    .as({ role: 'member', userId: member })
    .ask(getProfilePermissions, { params: { id: String(member) } });
const bonusOf = async (member: number) => (await permissionsOf(member)).permission_calculation.vip_bonus;

/**
 * Looks at a tag of so many milliseconds, and as many of grace, until both are over. Each answer is judged by when it was
 * asked for and when it came; one that a boundary falls into says nothing. Answers how many were told in grace.
 */
async function watchATag(milliseconds: number): Promise<{ inGrace: number; member: number }> {
  const member = await ledger.aMember();
  const [end, graceEnd] = [after(milliseconds), after(2 * milliseconds)];
  await isGranted(aHolding(member, { expiresAt: end.toISOString(), graceEndsAt: graceEnd.toISOString() }));
  for (let inGrace = 0, isKnown = false; ; ) {
    const asked = new Date();
    const { permission_calculation: calculation, effective_permissions: effective } =
      await permissionsOf(member);
    const came = new Date();
    const seen = [calculation.vip_bonus, effective.max_downloads_per_day];
    isKnown ||= seen[0] !== 0;
    if (isKnown && came < graceEnd) {
      expect(seen).toEqual([0.1, 20]);
      if (asked >= end) inGrace++;
    }
    if (asked < graceEnd) continue;
    expect(seen).toEqual([0, 10]);
    return { inGrace, member };
  }
}

test('the end passes, then the grace, and no event tells: kept in grace, gone in the moment it is over', async () => {
  let watched = await watchATag(2_000);
  // A machine that has other things to do may see nothing in so short a time: it gets a longer one.
  for (let window = 6_000; watched.inGrace === 0 && window < 60_000; window *= 3)
    watched = await watchATag(window);
  expect(watched.inGrace).toBeGreaterThan(0);
  const used = await ledger.as().call(consumeQuota, {
    params: { id: String(watched.member), name: 'max_downloads_per_day' },
    body: {},
  });
  expect(used.body).toMatchObject({ limit: 10 });
});

test('a suspended tag gives nothing although its end is far; one without an end gives for ever', async () => {
  const member = await ledger.aMember();
  await isGranted(aHolding(member, { status: 'suspended' }));
  await isGranted(aHolding(member, { expiresAt: null, graceEndsAt: null, tag: definition(0.3) }));
  await eventually(async () => expect(await bonusOf(member)).toBe(0.3));
});

test('a definition changed before, between and after the facts of who holds it: the newest counts in any order', async () => {
  const tagId = 77;
  const [early, late] = [await ledger.aMember(), await ledger.aMember()];
  const isRedefined = (bonus: number, sequence: number) =>
    ledger.kit.publish(vipTagUpdated, { subject: tagId, sequence, data: definition(bonus, tagId) });
  await isGranted(aHolding(early, { tag: definition(0.1, tagId) }));
  await isRedefined(0.4, 4);
  await isRedefined(0.3, 3);
  await eventually(async () => expect(await bonusOf(early)).toBe(0.4));
  // Granted before the definition changed, told after: kept back on the way.
  const held = aHolding(late, { tag: definition(0.1, tagId) });
  await isGranted(held);
  await eventually(async () => expect(await bonusOf(late)).toBe(0.4));
  await ledger.kit.publish(vipRenewed, {
    subject: held.userTagId,
    sequence: 2,
    data: { ...held, tag: definition(0.2, tagId), expiresAt: after(3 * 86_400_000).toISOString() },
  });
  await isRedefined(0.5, 5);
  await eventually(async () => expect([await bonusOf(early), await bonusOf(late)]).toEqual([0.5, 0.5]));
});

test('a definition is changed for all who hold it without writing to any of them, however many they are', async () => {
  const tagId = 78;
  const members = [await ledger.aMember(), await ledger.aMember(), await ledger.aMember()];
  for (const member of members) await isGranted(aHolding(member, { tag: definition(0.1, tagId) }));
  await eventually(async () =>
    expect(await Promise.all(members.map(bonusOf))).toEqual(members.map(() => 0.1)),
  );
  const rows = () =>
    Promise.all(
      ['member_tags', 'profiles'].map((name) =>
        ledger.kit.connection
          .collection(name)
          .find({ $or: [{ memberId: { $in: members } }, { _id: { $in: members } }] } as never)
          .sort({ _id: 1 })
          .toArray(),
      ),
    );
  const before = await rows();
  expect(before.map(({ length }) => length)).toEqual([3, 3]);
  await ledger.kit.publish(vipTagUpdated, { subject: tagId, sequence: 4, data: definition(0.4, tagId) });
  await eventually(async () =>
    expect(await Promise.all(members.map(bonusOf))).toEqual(members.map(() => 0.4)),
  );
  expect(await rows()).toEqual(before);
});

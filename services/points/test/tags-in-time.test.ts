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

test('the end passes, then the grace, and no event tells: kept in grace, gone in the moment it is over', async () => {
  const member = await ledger.aMember();
  const [end, graceEnd] = [after(5_000), after(10_000)];
  await isGranted(aHolding(member, { expiresAt: end.toISOString(), graceEndsAt: graceEnd.toISOString() }));
  await eventually(async () => expect(await bonusOf(member)).toBe(0.1));
  // Each answer is judged by when it was asked for and when it came: none between the two is ambiguous.
  let isOver = false;
  let answersInGrace = 0;
  while (!isOver) {
    const asked = new Date();
    const {
      permission_calculation: { vip_bonus: bonus },
      effective_permissions: effective,
    } = await permissionsOf(member);
    const came = new Date();
    if (came < graceEnd) {
      expect([bonus, effective.max_downloads_per_day]).toEqual([0.1, 20]);
      if (asked >= end) answersInGrace++;
    }
    isOver = asked >= graceEnd;
    if (isOver) expect([bonus, effective.max_downloads_per_day]).toEqual([0, 10]);
  }
  expect(answersInGrace).toBeGreaterThan(0);
  const used = await ledger.as().call(consumeQuota, {
    params: { id: String(member), name: 'max_downloads_per_day' },
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

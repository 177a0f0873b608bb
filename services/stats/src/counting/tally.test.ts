import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Envelope, EventDefinition, FactOf } from '@membership/contracts/event';
import { memberCreated, memberDeactivated, memberReactivated } from '@membership/contracts/events/gateway';
import {
  assignmentActivated,
  assignmentCreated,
  assignmentRevoked,
} from '@membership/contracts/events/licenses';
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';
import {
  levelChanged,
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsHeld,
  pointsSpent,
  profileCreated,
} from '@membership/contracts/events/points';
import { vipExpired, vipGraceStarted, vipGranted, vipRevoked } from '@membership/contracts/events/vip';
import { addTo } from './figures.ts';
import { readCountable } from './countable.ts';
import { keysOf, quarterHourOf, tally, type Known, type Totals } from './tally.ts';

function fact<E extends EventDefinition>(
  event: E,
  subject: number,
  sequence: number,
  data: FactOf<E>,
  { tenantId = 1, time = '2026-02-14T10:07:00.000Z' } = {},
): Envelope {
  const common = {
    specversion: '1.0',
    datacontenttype: 'application/json',
    actor: 'client:tests',
    correlationid: 'r',
  } as const;
  return {
    ...common,
    id: randomUUID(),
    source: '/services/tests',
    type: event.type,
    subject: String(subject),
    time,
    tenantid: tenantId,
    sequence,
    data: data as Record<string, unknown>,
  };
}
const member = (memberId: number, isActive = true) => ({
  memberId,
  username: 'm',
  email: 'm@example.com',
  displayName: 'm',
  role: 'member' as const,
  isActive,
  externalId: null,
  joinedAt: '2026-02-14T10:00:00.000Z',
});
const movement = (points: number, balanceAfter: number) => ({
  profileId: 7,
  recordId: 1,
  points,
  category: 'login',
  subcategory: null,
  sourceType: 'manual',
  sourceId: null,
  balanceAfter,
  availableAfter: balanceAfter,
});
const earned = (points: number, balance: number) => ({
  ...movement(points, balance),
  askedPoints: points,
  multiplier: '1.00',
  expiresAt: null,
  ruleId: null,
});
const opened = { profileId: 7, levelId: 1, levelName: 'l', memberLevelId: 1, memberLevelName: 'm' };
const levelled = (from: number, to: number) => ({
  profileId: 7,
  previousLevelId: from,
  previousLevelName: 'm',
  levelId: to,
  levelName: 'm',
  levelCode: 'M',
  isUpgrade: to > from,
  reason: 'spending' as const,
});
const stepped = (from: number, to: number) => ({
  ...{ profileId: 7, previousLevelId: from, previousLevelName: 'u', levelId: to, levelName: 'u' },
  ...{ levelOrder: to, isUpgrade: to > from, reason: 'points' as const },
});
const ordered = (spentTotal: number) => ({
  ...{ profileId: 7, orderId: 'O', amount: 1, pointsEarned: 0, recordId: null },
  ...{ spentTotal, orderCount: 1 },
});
const refunded = (spentTotal: number) => ({
  ...{ profileId: 7, orderId: 'O', refundId: null, amount: 1, refundedTotal: 1 },
  ...{ pointsTakenBack: 0, pointsOwed: 0, pointsGivenBack: 0, spentTotal, orderCount: 1 },
});
const assignment = (status: 'assigned' | 'active' | 'revoked') => ({
  assignmentId: 5,
  memberId: 7,
  licenseId: 2,
  productId: 3,
  planId: 4,
  applicationId: null,
  productName: 'p',
  planName: 'n',
  status,
  assignedAt: '2026-02-14T10:00:00.000Z',
  activatedAt: null,
  expiresAt: null,
  reason: null,
});
const tag = (userTagId: number, memberId: number, status: 'active' | 'grace' | 'expired' | 'revoked') => ({
  userTagId,
  memberId,
  status,
  grantedAt: '2026-02-14T10:00:00.000Z',
  expiresAt: null,
  graceEndsAt: null,
  autoRenew: false,
  reason: null,
  tag: {
    tagId: 1,
    tagName: 'VIP',
    tagCode: 'VIP_GOLD',
    tagType: 'vip',
    tagColor: '#fff',
    tagIcon: '',
    tagLevel: 1,
    permissionModifiers: {},
    quotaModifiers: {},
    isActive: true,
  },
});

/** Counts batches one after the other, as the service does with its database in between. */
function countAll(batches: readonly (readonly Envelope[])[]): {
  totals: Map<number, Totals>;
  buckets: Map<string, Record<string, number>>;
} {
  const rows = new Map<string, never>();
  const vips = new Map<string, never>();
  const actives = new Map<string, never>();
  const totals = new Map<number, Totals>();
  const buckets = new Map<string, Record<string, number>>();
  for (const batch of batches) {
    const { countable } = readCountable(batch);
    const keys = keysOf(countable);
    const known: Known = {
      rows: new Map([...rows].filter(([key]) => keys.rows.includes(key))),
      vips: new Map([...vips].filter(([key]) => keys.vips.includes(key))),
      actives: new Map([...actives].filter(([key]) => keys.actives.includes(key))),
    };
    const result = tally(countable, known);
    for (const row of result.rows) rows.set(row.key, row as never);
    for (const vip of result.vips) vips.set(vip.key, vip as never);
    for (const active of result.actives) actives.set(active.key, active as never);
    for (const more of result.totals) {
      const sum = totals.get(more.tenantId) ?? { tenantId: more.tenantId, flows: {}, standings: {} };
      addTo(sum.flows, more.flows);
      addTo(sum.standings, more.standings);
      totals.set(more.tenantId, sum);
    }
    for (const { tenantId, series, at, flows } of result.buckets) {
      const key = `${tenantId} ${series} ${at.toISOString()}`;
      const sum = buckets.get(key) ?? {};
      addTo(sum, flows);
      if (Object.keys(sum).length > 0) buckets.set(key, sum);
      else buckets.delete(key);
    }
  }
  return { totals, buckets };
}
const countOnce = (...batch: readonly Envelope[]) => countAll([batch]).totals.get(1);

describe('what a batch of events adds up to', () => {
  test('movements count by their size, adjustments by their sign, and the newest balance is outstanding', () => {
    const totals = countOnce(
      fact(pointsEarned, 7, 2, earned(120, 120)),
      fact(pointsSpent, 7, 3, movement(-50, 70)),
      fact(pointsAdjusted, 7, 4, { ...movement(30, 100), reason: 'thanks' }),
      fact(pointsAdjusted, 7, 5, { ...movement(-10, 90), reason: 'mistake' }),
      fact(pointsExpired, 7, 6, movement(-40, 50)),
    );
    expect(totals).toEqual({
      tenantId: 1,
      flows: { earned: 150, spent: 60, expired: 40, records: 5 },
      standings: { outstanding: 50 },
    });
  });

  test('a profile counts at its member level with what it has and spent, each as told last', () => {
    const story = [
      fact(profileCreated, 7, 1, opened),
      fact(pointsEarned, 7, 2, earned(100, 100)),
      fact(orderCompleted, 7, 3, ordered(5_000)),
      fact(memberLevelChanged, 7, 4, levelled(1, 2)),
      fact(pointsSpent, 7, 5, movement(-30, 70)),
      fact(orderRefunded, 7, 6, refunded(2_000)),
    ];
    expect(countOnce(...story)).toMatchObject({
      flows: { memberLevelUpgrades: 1 },
      standings: {
        outstanding: 70,
        'levels.2.members': 1,
        'levels.2.spent': 2_000,
        'levels.2.points': 70,
        'userLevels.1.members': 1,
        'userLevels.1.points': 70,
      },
    });
    expect(countOnce(...story)?.standings).not.toHaveProperty(['levels.1.members']);
    expect(countAll([...story].reverse().map((one) => [one]))).toEqual(countAll([story]));
    expect(countOnce(fact(pointsEarned, 7, 2, earned(1, 1)))?.standings).toEqual({ outstanding: 1 });
  });

  test('an older state that comes later changes no standing, but its flow counts', () => {
    const totals = countAll([
      [fact(assignmentRevoked, 5, 3, assignment('revoked'))],
      [
        fact(assignmentActivated, 5, 2, assignment('active')),
        fact(assignmentCreated, 5, 1, assignment('assigned')),
      ],
    ]).totals.get(1);
    expect(totals).toEqual({
      tenantId: 1,
      flows: { activations: 1 },
      standings: { 'assignments.revoked': 1 },
    });
  });

  test('a member is counted once, active as its newest event says', () => {
    const created = fact(memberCreated, 7, 1, member(7));
    expect(countOnce(created)).toMatchObject({
      flows: { membersJoined: 1 },
      standings: { members: 1, membersActive: 1 },
    });
    expect(countOnce(created, fact(memberDeactivated, 7, 2, member(7, false)))?.standings).toEqual({
      members: 1,
    });
    expect(
      countAll([
        [created],
        [fact(memberDeactivated, 7, 2, member(7, false))],
        [fact(memberReactivated, 7, 3, member(7))],
      ]).totals.get(1)?.standings,
    ).toEqual({ members: 1, membersActive: 1 });
  });

  test('a member with two tags is one VIP, until the last of them gives nothing any more', () => {
    const granted = [
      fact(vipGranted, 1, 1, tag(1, 7, 'active')),
      fact(vipGranted, 2, 1, tag(2, 7, 'active')),
      fact(vipGranted, 3, 1, tag(3, 8, 'active')),
    ];
    const inGrace = fact(vipGraceStarted, 1, 2, tag(1, 7, 'grace'));
    const over = [fact(vipExpired, 1, 3, tag(1, 7, 'expired')), fact(vipRevoked, 2, 2, tag(2, 7, 'revoked'))];
    const vipsAfter = (...batches: Envelope[][]) => countAll(batches).totals.get(1)?.standings.activeVips;
    expect(vipsAfter(granted)).toBe(2);
    expect(vipsAfter(granted, [inGrace])).toBe(2);
    expect(vipsAfter(granted, [inGrace, over[0] as Envelope])).toBe(2);
    expect(vipsAfter(granted, over)).toBe(1);
    expect(vipsAfter([...granted, inGrace, ...over])).toBe(1);
  });

  test('quarter hours begin on the quarter hour and end before the next', () => {
    const at = (time: string) => quarterHourOf(new Date(time)).toISOString();
    expect(at('2026-02-14T10:15:00.000Z')).toBe('2026-02-14T10:15:00.000Z');
    expect(at('2026-02-14T10:14:59.999Z')).toBe('2026-02-14T10:00:00.000Z');
    expect(at('1969-12-31T23:59:59.999Z')).toBe('1969-12-31T23:45:00.000Z');
  });

  test('tenants do not mix, even where their members have one number', () => {
    const { totals, buckets } = countAll([
      [fact(pointsEarned, 7, 1, earned(10, 10)), fact(pointsEarned, 7, 1, earned(5, 5), { tenantId: 2 })],
    ]);
    expect(totals.get(1)?.standings).toEqual({ outstanding: 10 });
    expect(totals.get(2)?.standings).toEqual({ outstanding: 5 });
    expect([...buckets.keys()].filter((key) => key.includes('tenant')).sort()).toEqual([
      '1 tenant 2026-02-14T10:00:00.000Z',
      '2 tenant 2026-02-14T10:00:00.000Z',
    ]);
  });

  test('what is not counted is left alone, and data that its schema refuses is named', () => {
    const broken = { ...fact(pointsEarned, 7, 1, earned(10, 10)), data: { points: 'many' } };
    const other = fact(pointsHeld, 7, 2, {
      ...{ profileId: 7, holdId: 1, points: 5, category: 'vip_upgrade', sourceType: 'vip_purchase' },
      ...{ sourceId: 1, availableAfter: 5, frozenAfter: 5, expiresAt: null },
    });
    const { countable, unreadable } = readCountable([broken, other, { ...other, type: 'comet.seen.v9' }]);
    expect(countable).toEqual([]);
    expect(unreadable).toEqual([broken]);
  });

  test('the order of events and where a batch ends make no difference', () => {
    let sequence = 0;
    const story = [
      fact(memberCreated, 7, 1, member(7)),
      fact(memberDeactivated, 7, 2, member(7, false)),
      ...[10, 20, 30, 40].map((points) => fact(pointsEarned, 7, ++sequence, earned(points, points * 2))),
      fact(pointsSpent, 7, ++sequence, movement(-15, 65)),
      fact(profileCreated, 8, 1, { ...opened, profileId: 8 }),
      fact(levelChanged, 8, 5, stepped(1, 2)),
      fact(levelChanged, 8, 6, stepped(2, 3)),
      fact(memberLevelChanged, 8, 2, levelled(1, 2)),
      fact(orderCompleted, 8, 3, ordered(700), { time: '2026-02-14T11:00:00.000Z' }),
      fact(orderRefunded, 8, 4, refunded(100)),
      fact(assignmentCreated, 5, 1, assignment('assigned')),
      fact(assignmentActivated, 5, 2, assignment('active')),
      fact(vipGranted, 1, 1, tag(1, 7, 'active')),
      fact(vipGranted, 2, 1, tag(2, 7, 'active')),
      fact(vipGraceStarted, 1, 2, tag(1, 7, 'grace')),
      fact(vipExpired, 1, 3, tag(1, 7, 'expired')),
    ];
    const expected = countAll([story]);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(story, { minLength: story.length }),
        fc.integer({ min: 1, max: 5 }),
        (shuffled, size) => {
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
            shuffled.slice(index * size, (index + 1) * size),
          );
          expect(countAll(batches)).toEqual(expected);
        },
      ),
    );
  });
});

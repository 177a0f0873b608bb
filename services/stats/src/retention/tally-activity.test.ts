import fc from 'fast-check';
import type { Envelope } from '@membership/contracts/event';
import type { Zone } from '../projecting/zones.ts';
import type { Activity } from './activity.ts';
import { keyOf, tallyActivity, type MemberDays, type PeriodGain } from './tally-activity.ts';

const DAY = 86_400_000;
/** UTC+5:45 all the year. */
const KATHMANDU = (5 * 60 + 45) * 60_000;
const zoneOf = (tenantId: number): Zone => ({ zone: tenantId === 1 ? 'Asia/Kathmandu' : 'UTC', sequence: 3 });
const ZONES = new Map([1, 2].map((tenantId) => [tenantId, zoneOf(tenantId)]));

const one = (tenantId: number, time: string, meaning: Activity, sequence = 1) => ({
  envelope: { tenantid: tenantId, sequence, time } as unknown as Envelope,
  meaning,
});
type Event = ReturnType<typeof one>;

/** Batches, one after the other: what they come to. */
function countedIn(batches: readonly (readonly Event[])[], zones: ReadonlyMap<number, Zone> = ZONES) {
  const known = { rows: new Map<string, MemberDays>(), zones: new Map(zones) };
  const sums: Record<string, Pick<PeriodGain, 'active' | 'joined' | 'kept'>> = {};
  for (const batch of batches) {
    const { rows, gains, zones: told } = tallyActivity(batch, known);
    for (const row of rows) known.rows.set(keyOf(row), { joined: row.joined, days: row.days });
    for (const [tenantId, zone] of told) known.zones.set(tenantId, zone);
    for (const { tenantId, interval, period, active, joined, kept } of gains) {
      const sum = (sums[`${tenantId} ${interval} ${period}`] ??= { active: 0, joined: 0, kept: {} });
      sum.active += active;
      sum.joined += joined;
      for (const [after, members] of Object.entries(kept))
        sum.kept[Number(after)] = (sum.kept[Number(after)] ?? 0) + members;
    }
  }
  return sums;
}

test('a member counts once a day, week and month, and in its cohort once a week and month', () => {
  const story = [
    one(2, '2026-02-04T10:00:00.000Z', { joined: 7 }),
    one(2, '2026-02-04T11:00:00.000Z', { active: 7 }),
    one(2, '2026-02-04T23:59:59.999Z', { active: 7 }),
    one(2, '2026-02-08T23:59:59.999Z', { active: 7 }),
    one(2, '2026-03-01T10:00:00.000Z', { active: 7 }),
  ];
  const expected = {
    '2 day 2026-02-04': { active: 1, joined: 0, kept: {} },
    '2 day 2026-02-08': { active: 1, joined: 0, kept: {} },
    '2 day 2026-03-01': { active: 1, joined: 0, kept: {} },
    '2 week 2026-W06': { active: 1, joined: 1, kept: { 0: 1, 3: 1 } },
    '2 week 2026-W09': { active: 1, joined: 0, kept: {} },
    '2 month 2026-02': { active: 1, joined: 1, kept: { 0: 1, 1: 1 } },
    '2 month 2026-03': { active: 1, joined: 0, kept: {} },
  };
  expect(countedIn([story])).toEqual(expected);
  // Days that were told before the joining wait for it.
  expect(countedIn([story.slice(1), story.slice(0, 1)])).toEqual(expected);
});

test('what was before a member joined is in no cohort, and one whose joining was never told is active all the same', () => {
  const { '2 week 2026-W06': before, '2 week 2026-W07': after } = countedIn([
    [
      one(2, '2026-02-08T10:00:00.000Z', { active: 7 }),
      one(2, '2026-02-09T10:00:00.000Z', { joined: 7 }),
      one(2, '2026-02-09T10:00:00.000Z', { active: 8 }),
    ],
  ]);
  expect([before, after]).toEqual([
    { active: 1, joined: 0, kept: {} },
    { active: 1, joined: 1, kept: {} },
  ]);
});

test('a day is that of the zone its tenant had; a zone counts from the event that tells it', () => {
  const at = '2026-02-08T18:15:00.000Z';
  const days = (...events: readonly Event[]) =>
    Object.keys(countedIn([events], new Map([[1, { zone: 'UTC', sequence: 3 }]]))).filter((name) =>
      name.includes('day'),
    );
  const zone = 'Asia/Kathmandu';
  expect(days(one(1, at, { active: 1 }), one(1, at, { zone }, 4))).toEqual(['1 day 2026-02-08']);
  expect(days(one(1, at, { zone }, 4), one(1, at, { active: 1 }))).toEqual(['1 day 2026-02-09']);
  expect(days(one(1, at, { zone }, 2), one(1, at, { active: 1 }))).toEqual(['1 day 2026-02-08']);
});

test('nothing is written for what is known already', () => {
  const event = one(2, '2026-02-04T10:00:00.000Z', { active: 7 });
  const known = new Map([
    [keyOf({ tenantId: 2, memberId: 7 }), { joined: null, days: { '2026-02': 0b1000 } }],
  ]);
  expect(tallyActivity([event, event], { rows: known, zones: ZONES })).toEqual({
    ...{ rows: [], gains: [] },
    zones: new Map(),
  });
});

describe('random stories', () => {
  const START = Date.parse('2025-11-20T00:00:00Z');
  const act = fc.record({
    tenantId: fc.constantFrom(1, 2),
    memberId: fc.integer({ min: 1, max: 4 }),
    at: fc.integer({ min: 0, max: 120 * DAY }).map((after) => START + after),
  });
  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
  const memberOf = ({ tenantId, memberId }: Act) => `${tenantId}/${memberId}`;

  /** Counted without anything of the service's: days are numbers, weeks and months sets of them. */
  function naively(joins: readonly Act[], acts: readonly Act[]) {
    const dayOf = ({ tenantId, at }: Act) => Math.floor((at + (tenantId === 1 ? KATHMANDU : 0)) / DAY);
    const text = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
    const numbers = {
      day: (day: number) => day,
      week: (day: number) => Math.floor((day + 3) / 7),
      month: (day: number) => Number(text(day).slice(0, 4)) * 12 + Number(text(day).slice(5, 7)) - 1,
    };
    const sums: Record<string, { active: number; joined: number; kept: Record<number, number> }> = {};
    for (const interval of ['day', 'week', 'month'] as const) {
      const numberOf = numbers[interval];
      const sumOf = (tenantId: number, number: number) =>
        (sums[`${tenantId} ${interval} ${number}`] ??= { active: 0, joined: 0, kept: {} });
      const active = new Map<string, Set<number>>();
      for (const one of acts)
        active.set(memberOf(one), (active.get(memberOf(one)) ?? new Set()).add(numberOf(dayOf(one))));
      for (const [key, all] of active) for (const number of all) sumOf(Number(key[0]), number).active++;
      if (interval === 'day') continue;
      for (const join of joins) {
        const joined = numberOf(dayOf(join));
        const cohort = sumOf(join.tenantId, joined);
        cohort.joined++;
        for (const number of active.get(memberOf(join)) ?? [])
          if (number >= joined) cohort.kept[number - joined] = (cohort.kept[number - joined] ?? 0) + 1;
      }
    }
    return sums;
  }
  /** The names that the service gives, as those numbers. */
  function numbered(sums: ReturnType<typeof countedIn>) {
    const numberOf: Record<string, (period: string) => number> = {
      day: (period) => Date.parse(period) / DAY,
      week(period) {
        const [year, week] = period.split('-W').map(Number) as [number, number];
        return Math.floor((Date.UTC(year, 0, 4) / DAY + 3) / 7) + week - 1;
      },
      month: (period) => Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1,
    };
    return Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => {
        const [tenantId, interval, period] = name.split(' ') as [string, string, string];
        return [`${tenantId} ${interval} ${numberOf[interval]?.(period)}`, sum];
      }),
    );
  }

  test('in any order, repeated and in any batches they come to what a recount of the test’s own does', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(act, { selector: memberOf, maxLength: 8 }),
        fc.array(act, { maxLength: 40 }),
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(10),
        (joins, acts, order, size, repeated) => {
          const events = [
            ...joins.map(({ tenantId, memberId, at }) =>
              one(tenantId, new Date(at).toISOString(), { joined: memberId }),
            ),
            ...[...acts, ...acts.slice(0, repeated)].map(({ tenantId, memberId, at }) =>
              one(tenantId, new Date(at).toISOString(), { active: memberId }),
            ),
          ]
            .map((event, index) => ({ event, at: order[index] as number }))
            .sort((left, right) => left.at - right.at)
            .map(({ event }) => event);
          const batches = Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
            events.slice(index * size, (index + 1) * size),
          );
          expect(numbered(countedIn(batches))).toEqual(naively(joins, acts));
        },
      ),
    );
  });
});

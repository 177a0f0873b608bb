import type { Envelope } from '@membership/contracts/event';
import type { Zone } from '../projecting/zones.ts';
import { boardName } from './boards.ts';
import type { Scored } from './scores.ts';
import { tallyScores } from './tally-scores.ts';

const one = (sequence: number, time: string, meaning: Scored, { tenantId = 1, memberId = 7 } = {}) => ({
  envelope: { tenantid: tenantId, sequence, time, data: { memberId } } as unknown as Envelope,
  meaning,
});
const KATHMANDU: ReadonlyMap<number, Zone> = new Map([[1, { zone: 'Asia/Kathmandu', sequence: 3 }]]);
/** Each change by its board and member. */
const changesOf = (batch: ReturnType<typeof one>[], zones = KATHMANDU) =>
  Object.fromEntries(
    tallyScores(batch, zones).changes.map(({ tenantId, board, memberId, ...change }) => [
      `${tenantId} ${boardName(board)} ${memberId}`,
      { ...change, reachedAt: new Date(change.reachedAt).toISOString() },
    ]),
  );

test('what comes to a score in a batch is one change a board, by the day of the tenant’s zone', () => {
  const changes = changesOf([
    one(2, '2026-11-29T18:14:00.000Z', { scores: { earned: 100 } }),
    one(4, '2026-11-29T18:20:00.000Z', { scores: { earned: 5 } }),
    one(3, '2026-11-29T18:15:00.000Z', { scores: { earned: 20, spent: 50 } }),
  ]);
  expect(changes).toEqual({
    '1 earned:day:2026-11-29 7': { points: 100, reachedAt: '2026-11-29T18:14:00.000Z' },
    '1 earned:week:2026-W48 7': { points: 100, reachedAt: '2026-11-29T18:14:00.000Z' },
    '1 earned:day:2026-11-30 7': { points: 25, reachedAt: '2026-11-29T18:20:00.000Z' },
    '1 earned:week:2026-W49 7': { points: 25, reachedAt: '2026-11-29T18:20:00.000Z' },
    '1 earned:month:2026-11 7': { points: 125, reachedAt: '2026-11-29T18:20:00.000Z' },
    '1 earned:all:all 7': { points: 125, reachedAt: '2026-11-29T18:20:00.000Z' },
    '1 spent:day:2026-11-30 7': { points: 50, reachedAt: '2026-11-29T18:15:00.000Z' },
    '1 spent:week:2026-W49 7': { points: 50, reachedAt: '2026-11-29T18:15:00.000Z' },
    '1 spent:month:2026-11 7': { points: 50, reachedAt: '2026-11-29T18:15:00.000Z' },
    '1 spent:all:all 7': { points: 50, reachedAt: '2026-11-29T18:15:00.000Z' },
  });
});

test('a balance is what the newest event tells, whatever order they come in', () => {
  const told = [
    one(5, '2026-11-29T18:25:00.000Z', { balance: 60 }),
    one(3, '2026-11-29T18:20:00.000Z', { balance: 70 }),
  ];
  const expected = {
    '1 balance:all:all 7': { points: 60, sequence: 5, reachedAt: '2026-11-29T18:25:00.000Z' },
  };
  expect(changesOf(told)).toEqual(expected);
  expect(changesOf(told.reverse())).toEqual(expected);
});

test('a zone counts from the event that tells it; an older one tells nothing; tenants and members do not mix', () => {
  const at = '2026-11-29T23:00:00.000Z';
  const batch = [
    one(2, at, { zone: 'Europe/Berlin' }),
    one(1, at, { scores: { earned: 1 } }),
    one(4, at, { zone: 'UTC' }),
    one(2, at, { scores: { earned: 1 } }),
    one(1, at, { scores: { earned: 1 } }, { memberId: 8 }),
    one(1, at, { scores: { earned: 1 } }, { tenantId: 2 }),
    { ...one(1, at, { scores: { earned: 9 } }), envelope: { ...one(1, at, {}).envelope, data: {} } },
  ];
  const days = Object.keys(changesOf(batch)).filter((name) => name.includes(':day:'));
  expect(days.sort()).toEqual([
    '1 earned:day:2026-11-29 7',
    '1 earned:day:2026-11-29 8',
    '1 earned:day:2026-11-30 7',
    '2 earned:day:2026-11-29 7',
  ]);
  expect([...tallyScores(batch, KATHMANDU).zones]).toEqual([[1, { zone: 'UTC', sequence: 4 }]]);
});

test('what adds nothing changes nothing', () => {
  expect(changesOf([one(2, '2026-11-29T18:14:00.000Z', { scores: { earned: 0 } })])).toEqual({});
});

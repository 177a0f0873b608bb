/**
 * Random sequences of everything that moves points, in rounds whose steps run at once and may be sent twice under one key,
 * while lots and holds end by themselves: after each, the ledger adds up and every accepted request has one effect.
 */
import fc from 'fast-check';
import * as points from '@membership/contracts/endpoints/points/index';
import type { ClientAnswer } from '@membership/contracts/client';
import type { Endpoint } from '@membership/contracts/endpoint';
import { pathFor } from '@membership/contracts/routes';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

/** The whole file stays within 30 s on a slow machine; a fast one tries more. */
const TIME_LIMIT_MS = 15_000;
const RUNS = 24;

type Step = {
  readonly what:
    | 'earn'
    | 'spend'
    | 'adjust'
    | 'hold'
    | 'capture'
    | 'release'
    | 'transfer'
    | 'cancel'
    | 'check';
  readonly member: 0 | 1;
  readonly amount: number;
  /** Milliseconds after which an earning or a hold ends, if it does. */
  readonly endsAfter: number | null;
  /** Which of the holds or records so far. */
  readonly pick: number;
  /** How often the request is sent under one key, at once. */
  readonly sent: 1 | 2 | 3;
};
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'earn',
    'earn',
    'spend',
    'adjust',
    'hold',
    'capture',
    'release',
    'transfer',
    'cancel',
    'check',
  ),
  member: fc.constantFrom(0, 1),
  amount: fc.integer({ min: 1, max: 120 }),
  endsAfter: fc.option(fc.integer({ min: 20, max: 800 })),
  pick: fc.nat(20),
  sent: fc.constantFrom(1, 1, 1, 2, 3),
});
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 8 });

let ledger: LedgerKit;
/** Made before the clock runs: each story takes two. */
const strangers: number[] = [];
let accepted = 0;
beforeAll(async () => {
  ledger = await startLedgerKit();
  await ledger.settings({ transfers_enabled: true, daily_limits: {} });
  while (strangers.length < 2 * RUNS)
    strangers.push(...(await Promise.all([1, 2, 3, 4].map(() => ledger.aMember()))));
}, 120_000);
afterAll(() => ledger?.stop());

test('whatever happens to points, in whatever order and however often, the ledger adds up', async () => {
  let key = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async (story) => {
      const world = await aWorld();
      for (const round of story) {
        const answers = await Promise.all(round.map((one) => world.play(one, `property-${++key}`)));
        for (const same of answers) world.remember(same);
      }
      expect(await ledger.faults(1)).toEqual([]);
      await world.expectOneEffectEach();
    }),
    { numRuns: RUNS - 1, interruptAfterTimeLimit: TIME_LIMIT_MS, endOnFailure: true },
  );
  // Otherwise it would have proved little.
  expect(accepted).toBeGreaterThan(30);
}, 120_000);

/** Two members who may give points to each other, each with some to begin with. */
async function aWorld() {
  const { kit } = ledger;
  const tenantId = 1;
  const pair = strangers.splice(0, 2);
  if (pair.length < 2) throw new Error('no members are left');
  const members = pair as [number, number];
  const whose = { tenantId, memberId: { $in: members } };
  const admin = kit.as({ role: 'admin' });
  const internal = kit.as({ role: 'internal' });
  const holds: number[] = [];
  const records: number[] = [];
  const moved = new Set<number>();

  function requestOf({
    what,
    member,
    amount,
    endsAfter,
    pick,
  }: Step): [Endpoint, number, unknown, typeof admin] {
    const [one, other] = member === 0 ? members : [members[1], members[0]];
    const ends = endsAfter === null ? {} : { expires_at: new Date(Date.now() + endsAfter).toISOString() };
    const hold = holds[pick % Math.max(1, holds.length)] ?? 999_999_999;
    switch (what) {
      case 'earn':
        return [points.earnPoints, one, { points_amount: amount, category: 'license', ...ends }, internal];
      case 'spend':
        return [points.spendPoints, one, { points_amount: amount, category: 'vip_upgrade' }, internal];
      case 'adjust':
        return [
          points.adjustPoints,
          one,
          { points_amount: amount, is_negative: pick % 2 === 0, reason: '更正' },
          admin,
        ];
      case 'hold':
        return [points.placeHold, one, { points_amount: amount, category: 'vip_upgrade', ...ends }, internal];
      case 'capture':
        return [points.captureHold, hold, pick % 2 === 0 ? {} : { points_amount: amount }, internal];
      case 'release':
        return [points.releaseHold, hold, undefined, internal];
      case 'transfer':
        return [
          points.transferPoints,
          one,
          { to_member: other, points_amount: amount },
          kit.as({ userId: one }),
        ];
      case 'cancel':
        return [
          points.cancelPointsRecord,
          records[pick % Math.max(1, records.length)] ?? 999_999_999,
          { reason: '更正' },
          admin,
        ];
      case 'check':
        return [points.checkProfileLevel, one, undefined, admin];
    }
  }

  for (const member of members) {
    const { body } = await ledger.earn(member, 300);
    records.push(body.record_id);
    moved.add(body.record_id);
  }

  return {
    play(one: Step, key: string): Promise<ClientAnswer[]> {
      const [endpoint, id, body, client] = requestOf(one);
      const path = pathFor(endpoint.path, { id });
      return Promise.all(
        Array.from({ length: one.sent }, () =>
          client.send('POST', path, {
            ...(body === undefined ? {} : { body }),
            headers: { 'idempotency-key': key },
          }),
        ),
      );
    },
    /** One answer for all sendings that were accepted; the refused may differ, for each was tried anew. */
    remember(same: readonly ClientAnswer[]): void {
      for (const { status, body } of same)
        if (status >= 500) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
      const [first, ...others] = same.filter(({ status }) => status < 300);
      if (!first) return;
      accepted += 1;
      for (const other of others) expect(other.body).toEqual(first.body);
      const { body } = first;
      if (body.status === 'held') holds.push(body.id);
      if (typeof body.record_id !== 'number') return;
      records.push(body.record_id);
      moved.add(body.record_id);
    },
    /** Each accepted movement left its record, and nothing else did but what ends by itself, is owed, or is received. */
    async expectOneEffectEach(): Promise<void> {
      const own = { $nin: ['lot', 'reversal', 'transfer'] };
      const stored = await kit.connection
        .collection<{ _id: number }>('records')
        .find({ ...whose, sourceType: own }, { projection: { _id: 1 } })
        .toArray();
      const unknown = stored.filter(({ _id }) => !moved.has(_id));
      expect(unknown).toEqual([]);
      const found = await kit.connection
        .collection<{ _id: number }>('records')
        .countDocuments({ ...whose, _id: { $in: [...moved] } });
      expect(found).toBe(moved.size);
      const given = await kit.connection
        .collection('records')
        .countDocuments({ ...whose, sourceType: 'transfer', type: 'spend', reversalOf: { $exists: false } });
      const received = await kit.connection
        .collection('records')
        .countDocuments({ ...whose, sourceType: 'transfer', type: 'earn', reversalOf: { $exists: false } });
      expect(received).toBe(given);
    },
  };
}

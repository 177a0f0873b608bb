/**
 * Random stories of everything that moves points, in rounds whose steps run at once and may be sent several times under one
 * key, then or later, while lots and holds end by themselves, in profiles of this version, of one before, and of one that is moved
 * meanwhile: after each story the ledger adds up, and every accepted request has had one effect. More of them: PROPERTY_RUNS=500 npm test -- component ledger-properties
 */
import fc from 'fast-check';
import type { Client, ClientAnswer } from '@membership/contracts/client';
import * as points from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import { moveLots } from '../src/ledger/move-lots.ts';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';
import { asVersionBefore } from './stored-lots.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 8);
const A_STORY_MS = 30_000;

const COMMANDS = [
  ...['earn', 'spend', 'adjust', 'hold', 'capture', 'release', 'transfer', 'reverse', 'expire'],
  ...['check', 'again'],
] as const;
type Command = (typeof COMMANDS)[number];
type Step = {
  readonly what: Command;
  readonly member: 0 | 1;
  readonly amount: number;
  /** Milliseconds after which an earning or a hold ends, if it does. */
  readonly endsAfter: number | null;
  /** Which of the holds, records or requests so far. */
  readonly pick: number;
  /** How often the request is sent under one key, at once. */
  readonly sent: 1 | 2 | 3;
};
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...COMMANDS, 'earn' as const, 'hold' as const),
  member: fc.constantFrom(0, 1),
  amount: fc.integer({ min: 1, max: 120 }),
  endsAfter: fc.option(fc.integer({ min: 20, max: 800 })),
  pick: fc.nat(20),
  sent: fc.constantFrom(1, 1, 1, 2, 3),
});
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 7 });
const profiles = fc.constantFrom('of this version', 'of the version before', 'moved meanwhile');

/** Told before the random ones, so that each command is accepted at least once. */
const plain = (what: Command, more: Partial<Step> = {}): Step => ({
  ...{ what, member: 0, amount: 40, endsAfter: null, pick: 0, sent: 2 },
  ...more,
});
const everything: Step[][] = [
  [plain('earn', { endsAfter: 50 }), plain('earn')],
  [plain('spend'), plain('adjust', { pick: 1 }), plain('transfer', { member: 1 })],
  [plain('hold'), plain('hold', { amount: 10 })],
  [plain('capture'), plain('release', { pick: 1 }), plain('check'), plain('hold', { endsAfter: 500 })],
  [
    plain('reverse', { pick: 2 }),
    plain('reverse', { pick: 4 }),
    plain('expire'),
    plain('again', { pick: 1 }),
  ],
];

let ledger: LedgerKit;
const accepted = new Map<Command, number>();
beforeAll(async () => {
  ledger = await startLedgerKit();
  await ledger.settings({ transfers_enabled: true, daily_limits: {} });
});
afterAll(() => ledger?.stop());

test(
  'whatever happens to points, in whatever order and however often, the ledger adds up',
  async () => {
    await fc.assert(
      fc.asyncProperty(rounds, profiles, async (story, are) => {
        const world = await aWorld();
        const { connection } = ledger.kit;
        if (are !== 'of this version') await asVersionBefore(connection, world.members);
        for (const [at, round] of story.entries()) {
          const isMoving = are === 'moved meanwhile' && at === Math.floor(story.length / 2);
          const moving = isMoving ? moveLots(connection, { openedWithin: 0 }) : undefined;
          const answers = await Promise.all(round.map((one) => world.play(one)));
          await moving;
          for (const [index, same] of answers.entries()) world.remember(round[index] as Step, same);
        }
        expect(await ledger.faults(1, world.members)).toEqual([]);
        await world.expectOneEffectEach();
      }),
      {
        numRuns: RUNS,
        examples: [
          [everything, 'of this version'],
          [everything, 'of the version before'],
          [everything, 'moved meanwhile'],
        ],
        endOnFailure: true,
      },
    );
    expect(COMMANDS.filter((one) => !accepted.has(one))).toEqual([]);
  },
  (RUNS + 2) * A_STORY_MS,
);

type Sending = {
  readonly client: Client;
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
};
let keys = 0;

/** Two members who may give points to each other, each with some to begin with. */
async function aWorld() {
  const { kit } = ledger;
  const members = [await ledger.aMember(), await ledger.aMember()] as const;
  const whose = { tenantId: 1, memberId: { $in: [...members] } };
  const admin = kit.as({ role: 'admin' });
  const internal = kit.as({ role: 'internal' });
  const holds: number[] = [];
  const records: number[] = [];
  const done: { readonly sending: Sending; readonly answer: ClientAnswer }[] = [];

  const among = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

  function sendingOf({ what, member, amount, endsAfter, pick }: Step): Sending {
    const [one, other] = member === 0 ? members : [members[1], members[0]];
    const ends = endsAfter === null ? {} : { expires_at: new Date(Date.now() + endsAfter).toISOString() };
    const hold = among(holds, pick) ?? 999_999_999;
    const send = (client: Client, path: string, id: number, body?: unknown): Sending => ({
      ...{ client, path: pathFor(path, { id }), body },
      key: `property-${++keys}`,
    });
    switch (what) {
      case 'earn':
        return send(internal, points.earnPoints.path, one, {
          ...{ points_amount: amount, category: 'license', ...ends },
        });
      case 'spend':
        return send(internal, points.spendPoints.path, one, {
          ...{ points_amount: amount, category: 'vip_upgrade' },
        });
      case 'adjust':
        return send(admin, points.adjustPoints.path, one, {
          ...{ points_amount: amount, is_negative: pick % 2 === 0, reason: '更正' },
        });
      case 'hold':
        return send(internal, points.placeHold.path, one, {
          ...{ points_amount: amount, category: 'vip_upgrade', ...ends },
        });
      case 'capture':
        return send(internal, points.captureHold.path, hold, pick % 2 === 0 ? {} : { points_amount: amount });
      case 'release':
        return send(internal, points.releaseHold.path, hold);
      case 'transfer':
        return send(kit.as({ userId: one }), points.transferPoints.path, one, {
          ...{ to_member: other, points_amount: amount },
        });
      case 'reverse':
        return send(admin, points.cancelPointsRecord.path, among(records, pick) ?? 999_999_999, {
          reason: '更正',
        });
      case 'expire':
        return send(admin, points.expirePoints.path, one);
      case 'check':
        return send(admin, points.checkProfileLevel.path, one);
      case 'again':
        return among(done, pick)?.sending ?? send(admin, points.checkProfileLevel.path, one);
    }
  }

  for (const member of members) records.push((await ledger.earn(member, 300)).body.record_id);
  const moved = new Set(records);

  return {
    members,
    play(one: Step): Promise<{ readonly sending: Sending; readonly answers: ClientAnswer[] }> {
      const sending = sendingOf(one);
      const { client, path, body, key } = sending;
      const request = {
        ...(body === undefined ? {} : { body }),
        headers: { 'idempotency-key': key },
      };
      return Promise.all(Array.from({ length: one.sent }, () => client.send('POST', path, request))).then(
        (answers) => ({ sending, answers }),
      );
    },
    /** One answer for all sendings that were accepted, then and later; the refused may differ, for each was tried anew. */
    remember(
      { what }: Step,
      { sending, answers }: { sending: Sending; answers: readonly ClientAnswer[] },
    ): void {
      for (const { status, body } of answers)
        if (status >= 500) throw new Error(`${sending.path} answered ${status}: ${JSON.stringify(body)}`);
      const before = done.find(({ sending: { key } }) => key === sending.key);
      const accepts = answers.filter(({ status }) => status < 300);
      // What ends points by hand, in the whole tenant, is no write of one request: it may be done as often as one likes.
      if (what !== 'expire')
        for (const { body } of accepts) expect(body).toEqual((before?.answer ?? accepts[0])?.body);
      if (before) expect(accepts).toHaveLength(answers.length);
      const [answer] = accepts;
      if (!answer) return;
      accepted.set(what, (accepted.get(what) ?? 0) + 1);
      if (before) return;
      if (what !== 'expire') done.push({ sending, answer });
      if (what === 'hold') holds.push(answer.body.id);
      if (typeof answer.body.record_id !== 'number') return;
      records.push(answer.body.record_id);
      moved.add(answer.body.record_id);
    },
    /** Each accepted movement left its record, and nothing else did but what ends by itself, is owed, or is received. */
    async expectOneEffectEach(): Promise<void> {
      const stored = await kit.connection
        .collection<{ _id: number; sourceType: string; type: string; points: number; reversalOf?: number }>(
          'records',
        )
        .find(whose)
        .toArray();
      const own = stored.filter(({ sourceType }) => !['lot', 'reversal', 'transfer'].includes(sourceType));
      expect(own.filter(({ _id }) => !moved.has(_id))).toEqual([]);
      expect(stored.filter(({ _id }) => moved.has(_id))).toHaveLength(moved.size);
      const sides = (type: string) =>
        stored.filter((one) => one.sourceType === 'transfer' && one.type === type && !one.reversalOf).length;
      expect(sides('earn')).toBe(sides('spend'));
      expect(await kit.connection.collection('holds').countDocuments(whose)).toBe(holds.length);
      for (const { _id, points: of } of stored) {
        const undone = stored.filter(({ reversalOf }) => reversalOf === _id);
        const most = undone.length === 0 ? 0 : Math.abs(undone.reduce((sum, one) => sum + one.points, 0));
        expect(most).toBeLessThanOrEqual(Math.abs(of));
      }
    },
  };
}

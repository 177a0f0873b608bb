/**
 * Random stories of an award rule: facts of several days and members, told in any order, while its caps come, go and change. No
 * cap is ever passed, and what fits is given.
 */
import fc from 'fast-check';
import { feedbackOpened } from '@membership/contracts/events/applications';
import { createRule, updateRule } from '@membership/contracts/endpoints/points/index';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
const RUNS = Number(process.env.STORY_RUNS ?? 8);
const POINTS = 10;

let ledger: LedgerKit;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());

type Caps = {
  readonly per_day: number | null;
  readonly per_member: number | null;
  readonly budget: number | null;
};
type Step =
  | { readonly does: 'tell'; readonly member: 0 | 1; readonly daysAgo: number }
  | { readonly does: 'cap'; readonly caps: Caps };
const cap = fc.constantFrom(null, 10, 20, 35, 60);
const caps = fc.record({ per_day: cap, per_member: cap, budget: cap });
const tell = fc.record({
  does: fc.constant('tell' as const),
  member: fc.constantFrom(0, 1),
  daysAgo: fc.nat(3),
});
const story = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: tell },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('cap' as const), caps }) },
  ),
  { minLength: 4, maxLength: 14 },
);

const NONE: Caps = { per_day: null, per_member: null, budget: null };
/** A day that was told before there was a cap, and a late fact in between. */
const cappedLater: Step[] = [
  { does: 'tell', member: 0, daysAgo: 0 },
  { does: 'cap', caps: { ...NONE, per_day: POINTS } },
  { does: 'tell', member: 0, daysAgo: 1 },
  { does: 'tell', member: 0, daysAgo: 0 },
];

let facts = 50_000;
const today = dayOf(ZONE, new Date());

/** What a rule gave: to whom, of which day. */
type Award = { readonly member: number; readonly day: string };

async function told(memberId: number, day: string, ruleId: number): Promise<boolean> {
  const id = ++facts;
  const envelope = {
    ...{ specversion: '1.0', id: `cap-${id}`, source: '/services/applications', sequence: 1 },
    ...{ type: feedbackOpened.type, subject: String(id), datacontenttype: 'application/json' },
    ...{ tenantid: 1, actor: `user:${memberId}`, correlationid: 'req_caps' },
    time: new Date(startOfDay(ZONE, day).getTime() + 60_000).toISOString(),
    data: { feedbackId: id, applicationId: 3, memberId, status: 'open' },
  };
  await ledger.kit.publishRaw(feedbackOpened.type, Buffer.from(JSON.stringify(envelope)));
  const awards = ledger.kit.connection.collection<{ skipped: string | null }>('awards');
  return eventually(async () => {
    const award = await awards.findOne({ ruleId, eventId: `cap-${id}` } as never);
    if (!award) throw new Error('the fact was not heard yet');
    return award.skipped === null;
  });
}

test(
  'whatever is told in whatever order, no cap is passed, and what fits is given',
  async () => {
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        const members = [await ledger.aMember(), await ledger.aMember()] as const;
        const { id } = await ledger.admin().ask(createRule, {
          body: {
            ...{ name: '反馈奖励', event_type: 'feedback.opened.v1', category: 'community', points: POINTS },
            caps: NONE,
          },
        });
        const params = { id: String(id) };
        let now: Caps = NONE;
        const given: Award[] = [];
        const sum = (which: (award: Award) => boolean) => given.filter(which).length * POINTS;
        const fits = (limit: number | null, used: number) => limit === null || used + POINTS <= limit;
        for (const step of steps as Step[])
          if (step.does === 'cap') {
            now = step.caps;
            await ledger.admin().ask(updateRule, { params, body: { caps: now } });
          } else {
            const award = { member: members[step.member], day: plusDays(today, -step.daysAgo) };
            const mine = ({ member }: Award) => member === award.member;
            const expected =
              fits(
                now.per_day,
                sum((one) => mine(one) && one.day === award.day),
              ) &&
              fits(now.per_member, sum(mine)) &&
              fits(
                now.budget,
                sum(() => true),
              );
            expect([award, now, await told(award.member, award.day, id)]).toEqual([award, now, expected]);
            if (expected) given.push(award);
          }
        await ledger.admin().ask(updateRule, { params, body: { is_active: false } });
      }),
      { numRuns: RUNS, examples: [[cappedLater]], endOnFailure: true },
    );
    expect(await ledger.faults()).toEqual([]);
  },
  RUNS * 30_000,
);

/** What the rules would make of an event: the same decisions as an award, in a transaction that is undone. */
import { invalid } from '@membership/contracts/errors';
import { dayOf } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import type { Awarding } from './award-points.ts';
import { loggedIn } from './login-streak.ts';
import { judge, rulesOf, type Obstacle, type Rule } from '../domain/rule.ts';

export type Tried = {
  readonly rule: Rule;
  /** Before multipliers; 0 when it gives nothing. */
  readonly points: number;
  /** null without a member. */
  readonly actual: number | null;
  readonly obstacles: readonly (Obstacle | { readonly code: string })[];
};
type Question = {
  readonly eventType: string;
  readonly data: Record<string, unknown>;
  readonly memberId: number | undefined;
  readonly at: Date;
};
/** Ends the transaction without an error of its own. */
class Undone extends Error {}

export class DryRun {
  readonly #ledger: Ledger;
  readonly #awarding: Awarding;
  readonly #transactions: Transactions;
  constructor(ledger: Ledger, awarding: Awarding, transactions: Transactions) {
    this.#ledger = ledger;
    this.#awarding = awarding;
    this.#transactions = transactions;
  }

  /** Every rule for the event's type, in its order. Refuses (VALIDATION_ERROR) a member without a profile. */
  async run(scope: TenantScope, question: Question): Promise<readonly Tried[]> {
    const { rules } = await this.#ledger.definitions.of(scope);
    const known = rulesOf(rules, question.eventType);
    const zone = await this.#ledger.zoneOf(scope);
    const data = await this.#completed(scope, question, zone);
    const judged = known.map((rule) => ({ rule, verdict: judge(rule, data, question.at) }));
    const { memberId } = question;
    if (memberId === undefined)
      return judged.map(({ rule, verdict }) =>
        verdict.gives
          ? { rule, points: verdict.points, actual: null, obstacles: [] }
          : { rule, points: 0, actual: null, obstacles: verdict.because },
      );
    let tried: Tried[] = [];
    await this.#transactions
      .run(async (unit) => {
        tried = [];
        for (const { rule, verdict } of judged) {
          if (!verdict.gives) {
            tried.push({ rule, points: 0, actual: 0, obstacles: verdict.because });
            continue;
          }
          const { points } = verdict;
          const source = { type: 'dry_run', id: null, key: `dry-run:${rule._id}` };
          const matter = {
            rule,
            points,
            memberId,
            source,
            eventId: 'dry-run',
            day: dayOf(zone, question.at),
          };
          const given = await this.#awarding.give(scope, matter, unit);
          tried.push(
            typeof given === 'string'
              ? { rule, points: 0, actual: 0, obstacles: [{ code: given }] }
              : { rule, points, actual: given.record?.points ?? 0, obstacles: [] },
          );
        }
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
    return tried;
  }

  /** The streak that a login now would make, where the question does not say one. */
  async #completed(
    scope: TenantScope,
    { memberId, data, eventType, at }: Question,
    zone: string,
  ): Promise<Record<string, unknown>> {
    if (memberId === undefined) return data;
    const profile = await this.#ledger.models.profiles.findOne(scope, { _id: memberId });
    if (!profile) throw invalid({ member: { zh: '无效的会员ID', en: 'Unknown member id' } });
    if (eventType !== 'member.logged_in.v1' && eventType !== 'MEMBER_LOGIN') return data;
    return { streakDays: loggedIn(profile, dayOf(zone, at)).consecutiveLoginDays, ...data };
  }
}

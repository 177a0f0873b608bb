/** A fact of another service gives points by the tenant's rules: once per rule and source, however often it is told. */
import { Refusal } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import { awardSkipped } from '@membership/contracts/events/points';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/batch.ts';
import { commitMovements } from '../ledger/commit-movements.ts';
import type { EarnCommand, Outcome } from '../ledger/movement.ts';
import type { ProfileOpening } from '../ledger/open-profile.ts';
import type { Award } from '../models.ts';
import { dayOf } from '@membership/platform/calendar';
import { isCapped, judge, rulesOf, whyCapped, type Given, type Rule } from './rule.ts';
import { loggedIn } from './login-streak.ts';

type Source = { readonly type: string; readonly id: number | string | null; readonly key: string };

/** What an award is given for: the licence's assignment, the day of a login, else the thing that the event is about. */
function sourceOf(envelope: Envelope, zone: string): Source {
  const [owner = 'event'] = envelope.type.split('.');
  if (owner === 'assignment')
    return { type: 'license', id: Number(envelope.subject), key: `license:${envelope.subject}` };
  if (envelope.type === 'member.logged_in.v1')
    return {
      type: 'system',
      id: null,
      key: `login:${envelope.subject}:${dayOf(zone, new Date(envelope.time))}`,
    };
  if (owner === 'device')
    return {
      type: 'device',
      id: Number(envelope.subject),
      key: `device:${envelope.subject}:${String(envelope.data.deviceId)}`,
    };
  return { type: owner, id: Number(envelope.subject), key: `${envelope.type}:${envelope.subject}` };
}

/** One rule's award to one member for one source. */
export type Matter = {
  readonly rule: Rule;
  /** Before multipliers. */
  readonly points: number;
  readonly memberId: number;
  readonly source: Source;
  readonly eventId: string;
  /** The tenant's day of the fact. */
  readonly day: string;
};
const keyOf = ({ tenantId }: TenantScope, { rule, source }: Matter): string =>
  `${tenantId}:${rule._id}:${source.key}`;

export class Awarding {
  readonly #ledger: Ledger;
  readonly #opening: ProfileOpening;

  constructor(ledger: Ledger, opening: ProfileOpening) {
    this.#ledger = ledger;
    this.#opening = opening;
  }

  /**
   * Awards what the tenant's rules give for a fact about one member. A member whose event has not come yet gets its profile
   * when it does: the fact is tried again until then. What the ledger refuses (points disabled, limit) is recorded as skipped.
   */
  async award(scope: TenantScope, envelope: Envelope, memberId: number, unit: UnitOfWork): Promise<void> {
    const { rules } = await this.#ledger.definitions.within(scope, unit);
    const known = rulesOf(rules, envelope.type);
    const isLogin = envelope.type === 'member.logged_in.v1';
    if (known.length === 0 && !isLogin) return;
    await this.#opening.openForFact(scope, memberId, unit);
    const zone = await this.#ledger.zoneOf(scope, unit.session);
    const data = isLogin ? await this.#withStreak(scope, envelope, memberId, zone, unit) : envelope.data;
    const at = new Date(envelope.time);
    const source = sourceOf(envelope, zone);
    for (const rule of known) {
      const verdict = judge(rule, data, at);
      if (!verdict.gives) continue;
      const matter = {
        rule,
        points: verdict.points,
        memberId,
        source,
        eventId: envelope.id,
        day: dayOf(zone, at),
      };
      await this.#awardOnce(scope, matter, unit);
    }
  }

  /** Counts the days in a row on which the member came; rules may ask for them as `streakDays`. */
  async #withStreak(
    scope: TenantScope,
    envelope: Envelope,
    memberId: number,
    zone: string,
    unit: UnitOfWork,
  ): Promise<Record<string, unknown>> {
    const { profiles } = this.#ledger.models;
    const profile = await profiles.findOne(scope, { _id: memberId }, { session: unit.session });
    if (!profile) throw new Error(`profile ${memberId} is not there`);
    const streak = loggedIn(profile, dayOf(zone, new Date(envelope.time)));
    const { consecutiveLoginDays, lastLoginDate } = profile;
    if (streak.lastLoginDate !== lastLoginDate || streak.consecutiveLoginDays !== consecutiveLoginDays)
      await profiles.updateOne(scope, { _id: memberId }, { $set: streak }, { session: unit.session });
    return { ...envelope.data, streakDays: streak.consecutiveLoginDays };
  }

  /** What giving these points would come to now: the ledger's outcome or refusal, or the cap that they would pass. */
  async give(scope: TenantScope, matter: Matter, unit: UnitOfWork): Promise<Outcome | string> {
    const { rule, points, memberId, source, eventId } = matter;
    const capped = isCapped(rule)
      ? whyCapped(rule.caps, await this.#givenBy(scope, matter, unit), points)
      : undefined;
    if (capped) return capped;
    const command: EarnCommand = {
      kind: 'earn',
      memberId,
      points,
      category: rule.category,
      subcategory: rule.subcategory,
      reason: rule.reason ?? rule.name,
      sourceType: source.type,
      sourceId: source.id,
      award: { ruleId: rule._id, ruleVersion: rule.version, eventId, key: keyOf(scope, matter) },
    };
    const [outcome] = await commitMovements(this.#ledger, [{ scope, command }], unit);
    if (!outcome) throw new Error('the ledger decided nothing');
    if (outcome instanceof Refusal) return outcome.code;
    if (isCapped(rule)) await this.#countGiven(scope, matter, unit);
    return outcome;
  }

  async #awardOnce(scope: TenantScope, matter: Matter, unit: UnitOfWork): Promise<void> {
    const { rule, memberId, eventId } = matter;
    const { awards } = this.#ledger.models;
    const { session } = unit;
    const key = keyOf(scope, matter);
    if (await awards.findOne(scope, { _id: key }, { session })) return;
    const given = await this.give(scope, matter, unit);
    const skipped = typeof given === 'string' ? given : null;
    const award: Award = {
      _id: key,
      tenantId: scope.tenantId,
      memberId,
      ruleId: rule._id,
      ruleVersion: rule.version,
      eventId,
      recordId: typeof given === 'string' ? null : (given.record?._id ?? null),
      skipped,
      createdAt: new Date(),
    };
    await awards.insert(scope, [award], { session });
    if (skipped) await this.#announceSkipped(scope, memberId, rule, matter.source, skipped, unit);
  }

  /** Read in the transaction that adds to it, so that two awards never pass one cap. */
  async #givenBy(scope: TenantScope, { rule, memberId, day }: Matter, unit: UnitOfWork): Promise<Given> {
    const { session } = unit;
    const { given } = this.#ledger.models;
    const member = await given.findOne(scope, { _id: `${rule._id}:${memberId}` }, { session });
    const all = await given.findOne(scope, { _id: `${rule._id}:all` }, { session });
    return {
      today: member?.day === day ? (member.today ?? 0) : 0,
      member: member?.points ?? 0,
      all: all?.points ?? 0,
    };
  }

  async #countGiven(scope: TenantScope, matter: Matter, unit: UnitOfWork): Promise<void> {
    const { rule, points, memberId, day } = matter;
    const { given } = this.#ledger.models;
    const options = { session: unit.session, upsert: true };
    const { today } = await this.#givenBy(scope, matter, unit);
    await given.updateOne(
      scope,
      { _id: `${rule._id}:${memberId}` },
      { $inc: { points }, $set: { ruleId: rule._id, memberId, day, today: today + points } },
      options,
    );
    if (rule.caps && rule.caps.budget !== null)
      await given.updateOne(
        scope,
        { _id: `${rule._id}:all` },
        { $inc: { points }, $set: { ruleId: rule._id } },
        options,
      );
  }

  async #announceSkipped(
    scope: TenantScope,
    memberId: number,
    rule: Rule,
    source: Source,
    reason: string,
    unit: UnitOfWork,
  ): Promise<void> {
    const profile = await this.#ledger.models.profiles.change(
      scope,
      { _id: memberId },
      { $inc: { sequence: 1 } },
      { session: unit.session },
    );
    if (!profile) return;
    unit.announce(scope, awardSkipped, {
      subject: memberId,
      sequence: profile.sequence,
      data: { profileId: memberId, ruleId: rule._id, sourceType: source.type, sourceId: source.id, reason },
    });
  }
}

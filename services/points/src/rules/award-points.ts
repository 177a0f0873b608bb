/** A fact of another service gives points by the tenant's rules: once per rule and source, however often it is told. */
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import { awardSkipped } from '@membership/contracts/events/points';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import type { EarnCommand } from '../ledger/command.ts';
import type { Outcome } from '../ledger/outcome.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { Award } from '../domain/award.ts';
import { balancesOf } from '../domain/balances.ts';
import { dayOf } from '@membership/platform/calendar';
import { isCapped, judge, rulesOf, whyCapped, type Given, type Rule } from '../domain/rule.ts';
import { loggedIn } from './login-streak.ts';

type Source = { readonly type: string; readonly id: number | string | null; readonly key: string };

/** What an award is given for: the licence's assignment, the day of a login, one grant or renewal, else the thing that the event is about. */
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
  const thing = `${envelope.type}:${envelope.subject}`;
  // A tag is granted again, and renewed, more than once: each time is a source of its own.
  const key = owner === 'vip' ? `${thing}:${envelope.sequence}` : thing;
  return { type: owner, id: Number(envelope.subject), key };
}

/** What a webhook of the tenant's shop is about: what it names, else the webhook itself (`key`). */
export type ToldFact = {
  readonly type: string;
  readonly memberId: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly key: string;
};
function sourceOfTold({ type, memberId, data, at, key }: ToldFact, zone: string): Source {
  const { review_id: review, referred_user_id: referred, order_id: order } = data;
  if (type === 'MEMBER_LOGIN')
    return { type: 'system', id: null, key: `login:${memberId}:${dayOf(zone, at)}` };
  if (type === 'MEMBER_REGISTERED') return { type: 'member', id: memberId, key: `${type}:${memberId}` };
  if (typeof review === 'string') return { type: 'review', id: review, key: `${type}:${memberId}:${review}` };
  if (typeof referred === 'number')
    return { type: 'member', id: referred, key: `${type}:${memberId}:${referred}` };
  return typeof order === 'string' ? { type: 'order', id: order, key } : { type: 'event', id: null, key };
}

/** What one rule came to: points, or what stood against them. */
export type Granted = {
  readonly ruleId: number;
  readonly recordId: number | null;
  readonly points: number;
  readonly skipped: string | null;
};
type Fact = {
  readonly type: string;
  readonly memberId: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly source: Source;
  readonly eventId: string;
};

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
/** `newest`: the newest day on which the rule gave to the member, and how much. */
type GivenSofar = Given & { readonly newest: { readonly day: string; readonly today: number } };
/** What was given, by day. */
type Days = ReadonlyMap<string, number>;
/** In all, and of the newest day of which something was given; `otherwise`: where there is none. */
function summed(days: Days, otherwise: string) {
  const day = [...days.keys()].sort().at(-1) ?? otherwise;
  const points = [...days.values()].reduce((sum, one) => sum + one, 0);
  return { points, newest: { day, today: days.get(day) ?? 0 } };
}
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
    const isLogin = envelope.type === 'member.logged_in.v1';
    if (rulesOf(rules, envelope.type).length === 0 && !isLogin) return;
    await this.#opening.openForFact(scope, memberId, unit);
    const zone = await this.#ledger.zoneOf(scope, unit.session);
    const at = new Date(envelope.time);
    const streak = isLogin
      ? { streakDays: await this.#countLogin(scope, memberId, dayOf(zone, at), unit) }
      : {};
    const fact = {
      ...{ type: envelope.type, memberId, data: { ...envelope.data, ...streak }, at },
      ...{ source: sourceOf(envelope, zone), eventId: envelope.id },
    };
    await this.#awardByRules(scope, fact, zone, unit);
  }

  /** Awards what the tenant's rules give for what its shop told of a member that has a profile. A login counts as any other. */
  async awardWebhook(
    scope: TenantScope,
    told: ToldFact,
    unit: UnitOfWork,
  ): Promise<{ granted: readonly Granted[]; streakDays?: number }> {
    const zone = await this.#ledger.zoneOf(scope, unit.session);
    const { type, memberId, data, at, key } = told;
    const source = sourceOfTold(told, zone);
    const fact = { type, memberId, data, at, source, eventId: key };
    if (type !== 'MEMBER_LOGIN') return { granted: await this.#awardByRules(scope, fact, zone, unit) };
    const streakDays = await this.#countLogin(scope, memberId, dayOf(zone, at), unit);
    const granted = await this.#awardByRules(scope, { ...fact, data: { ...data, streakDays } }, zone, unit);
    return { granted, streakDays };
  }

  async #awardByRules(
    scope: TenantScope,
    { type, memberId, data, at, source, eventId }: Fact,
    zone: string,
    unit: UnitOfWork,
  ): Promise<Granted[]> {
    const { rules } = await this.#ledger.definitions.within(scope, unit);
    const granted: Granted[] = [];
    for (const rule of rulesOf(rules, type)) {
      const verdict = judge(rule, data, at);
      if (!verdict.gives) continue;
      const matter = { rule, points: verdict.points, memberId, source, eventId, day: dayOf(zone, at) };
      const one = await this.#awardOnce(scope, matter, unit);
      if (one) granted.push(one);
    }
    return granted;
  }

  /** Counts the days in a row on which the member came; rules may ask for them as `streakDays`. */
  async #countLogin(scope: TenantScope, memberId: number, day: string, unit: UnitOfWork): Promise<number> {
    const { profiles } = this.#ledger.models;
    const profile = await profiles.findOne(scope, { _id: memberId }, { session: unit.session });
    if (!profile) throw new Error(`profile ${memberId} is not there`);
    const streak = loggedIn(profile, day);
    const { consecutiveLoginDays, lastLoginDate } = profile;
    const isNew =
      streak.lastLoginDate !== lastLoginDate ||
      streak.consecutiveLoginDays !== consecutiveLoginDays ||
      !isDeepStrictEqual(streak.earlierStreaks, profile.earlierStreaks ?? []);
    if (isNew) {
      await profiles.updateOne(scope, { _id: memberId }, { $set: streak }, { session: unit.session });
      unit.changes(balancesOf(scope.tenantId, memberId));
    }
    return streak.consecutiveLoginDays;
  }

  /** What giving these points would come to now: the ledger's outcome or refusal, or the cap that they would pass. */
  async give(scope: TenantScope, matter: Matter, unit: UnitOfWork): Promise<Outcome | string> {
    const { rule, points, memberId, source, eventId } = matter;
    const sofar = isCapped(rule) ? await this.#givenBy(scope, matter, unit) : undefined;
    const capped = sofar && whyCapped(rule.caps, sofar, points);
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
    const outcome = await commitOrRefusal(this.#ledger, scope, command, unit);
    if (outcome instanceof Refusal) return outcome.code;
    if (sofar) await this.#countGiven(scope, matter, sofar, unit);
    return outcome;
  }

  /** What the rule came to, or undefined when the source had its award before. */
  async #awardOnce(scope: TenantScope, matter: Matter, unit: UnitOfWork): Promise<Granted | undefined> {
    const { rule, memberId, eventId } = matter;
    const { awards } = this.#ledger.models;
    const { session } = unit;
    const key = keyOf(scope, matter);
    if (await awards.findOne(scope, { _id: key }, { session })) return undefined;
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
      points: skipped ? 0 : matter.points,
      day: matter.day,
      createdAt: new Date(),
    };
    await awards.insert(scope, [award], { session });
    if (skipped) await this.#announceSkipped(scope, memberId, rule, matter.source, skipped, unit);
    const points = typeof given === 'string' ? 0 : (given.record?.points ?? 0);
    return { ruleId: rule._id, recordId: award.recordId, points, skipped };
  }

  /**
   * What the rule has given since it was made, capped or not. Read in the transaction that adds to it, so that two awards
   * never pass one cap. (An award without a budget that is under way at the very moment when the rule gets one may be left out
   * of it.)
   */
  async #givenBy(scope: TenantScope, { rule, memberId, day }: Matter, unit: UnitOfWork): Promise<GivenSofar> {
    const { session } = unit;
    const { given: sums } = this.#ledger.models;
    const known = { version: rule.version };
    const ofMember = { ruleId: rule._id, memberId };
    const kept = await sums.findOne(scope, { _id: `${rule._id}:${memberId}`, ...known }, { session });
    const { points: member, newest } = kept
      ? { points: kept.points, newest: { day: kept.day ?? day, today: kept.today ?? 0 } }
      : summed(await this.#counted(scope, ofMember, unit), day);
    let today = newest.day === day ? newest.today : 0;
    // A fact that is told late counts in its own day, whatever came after.
    if (newest.day > day) today = (await this.#counted(scope, ofMember, unit)).get(day) ?? 0;
    if ((rule.caps?.budget ?? null) === null) return { today, member, newest, all: 0 };
    const { points: all } =
      (await sums.findOne(scope, { _id: `${rule._id}:all`, ...known }, { session })) ??
      summed(await this.#counted(scope, { ruleId: rule._id }, unit), day);
    return { today, member, newest, all };
  }

  /** By day, counted from the awards themselves. */
  async #counted(
    scope: TenantScope,
    of: { readonly ruleId: number; readonly memberId?: number },
    { session }: UnitOfWork,
  ): Promise<Days> {
    const days = await this.#ledger.models.awards.aggregate<{ _id: string | null; points: number }>(
      scope,
      [{ $match: { ...of, points: { $gt: 0 } } }, { $group: { _id: '$day', points: { $sum: '$points' } } }],
      { session },
    );
    return new Map(days.map(({ _id: day, points }) => [day ?? '', points]));
  }

  async #countGiven(scope: TenantScope, matter: Matter, sofar: GivenSofar, unit: UnitOfWork): Promise<void> {
    const { rule, points, memberId, day } = matter;
    const { given } = this.#ledger.models;
    const options = { session: unit.session, upsert: true };
    const common = { ruleId: rule._id, version: rule.version };
    const newest = sofar.newest.day > day ? sofar.newest : { day, today: sofar.today + points };
    await given.updateOne(
      scope,
      { _id: `${rule._id}:${memberId}` },
      { $set: { ...common, memberId, points: sofar.member + points, ...newest } },
      options,
    );
    if ((rule.caps?.budget ?? null) !== null)
      await given.updateOne(
        scope,
        { _id: `${rule._id}:all` },
        { $set: { ...common, points: sofar.all + points } },
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

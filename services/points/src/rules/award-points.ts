/** A fact of another service gives points by the tenant's rules: once per rule and source, however often it is told. */
import { Refusal } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import { awardSkipped } from '@membership/contracts/events/points';
import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/batch.ts';
import { commitMovements } from '../ledger/commit-movements.ts';
import type { EarnCommand } from '../ledger/movement.ts';
import type { ProfileOpening } from '../ledger/open-profile.ts';
import type { Award } from '../models.ts';
import { dayOf } from '@membership/platform/calendar';
import { rulesFor, type Rule } from './rule.ts';

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

export class Awarding {
  readonly #ledger: Ledger;
  readonly #opening: ProfileOpening;
  readonly #directory: Directory;

  constructor(ledger: Ledger, opening: ProfileOpening, directory: Directory) {
    this.#ledger = ledger;
    this.#opening = opening;
    this.#directory = directory;
  }

  /**
   * Awards what the tenant's rules give for a fact about one member. A member whose event has not come yet gets its profile
   * when it does: the fact is tried again until then. What the ledger refuses (points disabled, limit) is recorded as skipped.
   */
  async award(scope: TenantScope, envelope: Envelope, memberId: number, unit: UnitOfWork): Promise<void> {
    const { rules } = await this.#ledger.definitions.of(scope);
    const matching = rulesFor(rules, envelope.type, envelope.data, new Date(envelope.time));
    if (matching.length === 0) return;
    await this.#openProfile(scope, memberId, unit);
    const source = sourceOf(envelope, await this.#ledger.zoneOf(scope));
    for (const rule of matching) await this.#awardOnce(scope, envelope, memberId, rule, source, unit);
  }

  async #openProfile(scope: TenantScope, memberId: number, unit: UnitOfWork): Promise<void> {
    const { profiles } = this.#ledger.models;
    if (await profiles.findOne(scope, { _id: memberId }, { session: unit.session, projection: { _id: 1 } }))
      return;
    const member = await this.#directory.findMember(scope, memberId, {
      lookUp: false,
      session: unit.session,
    });
    if (!member) throw new Error(`member ${memberId} is not known yet`);
    await this.#opening.openWithin(scope, member, unit);
  }

  async #awardOnce(
    scope: TenantScope,
    envelope: Envelope,
    memberId: number,
    rule: Rule,
    source: Source,
    unit: UnitOfWork,
  ): Promise<void> {
    const { awards } = this.#ledger.models;
    const { session } = unit;
    const key = `${scope.tenantId}:${rule._id}:${source.key}`;
    if (await awards.findOne(scope, { _id: key }, { session })) return;
    const command: EarnCommand = {
      kind: 'earn',
      memberId,
      points: rule.points,
      category: rule.category,
      subcategory: rule.subcategory,
      reason: rule.reason ?? rule.name,
      sourceType: source.type,
      sourceId: source.id,
      award: { ruleId: rule._id, ruleVersion: rule.version, eventId: envelope.id, key },
    };
    const [outcome] = await commitMovements(this.#ledger, [{ scope, command }], unit);
    const skipped = outcome instanceof Refusal ? outcome.code : null;
    const recordId = outcome instanceof Refusal ? null : (outcome?.record?._id ?? null);
    const award: Award = {
      _id: key,
      tenantId: scope.tenantId,
      memberId,
      ruleId: rule._id,
      ruleVersion: rule.version,
      eventId: envelope.id,
      recordId,
      skipped,
      createdAt: new Date(),
    };
    await awards.insert(scope, [award], { session });
    if (skipped) await this.#announceSkipped(scope, memberId, rule, source, skipped, unit);
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

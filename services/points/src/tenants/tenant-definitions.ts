/** What a tenant's movements are decided by: settings, levels, rules, and what tags give. May be a second old (spec/architecture.md, "Data"). */
import type { ClientSession } from 'mongoose';

import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import { memberLevelCreated } from '@membership/contracts/events/member-system';
import { userLevelCreated } from '@membership/contracts/events/points';
import type { Benefit } from '../domain/benefit.ts';
import { levelFact, type Level } from '../domain/level.ts';
import { standardLevels } from '../domain/standard-levels.ts';
import { memberLevelFact, type MemberLevel } from '../domain/member-level.ts';
import { standardMemberLevels } from '../domain/standard-member-levels.ts';
import type { Models } from '../models.ts';
import type { TagDefinition } from '../domain/member-tag.ts';
import { standardRule, type Rule } from '../domain/rule.ts';
import type { Definitions } from '../domain/definitions.ts';
import { KnownDefinitions } from './known-definitions.ts';
import { completed, type PointsSettings } from '../domain/points-settings.ts';

/** The tenant of a scope as it is stored; a transaction that has only just taken it in names its session. */
type ReadTenant = (scope: TenantScope, session?: ClientSession) => Promise<{ readonly timezone: string }>;

/** How an endpoint changes them: all changes of a tenant's meet on one row (`changed`), so that in a process they go in turn. */
export const changesDefinitions = { inTurn: () => 'definitions' } as const;

/** What is shown of them as a list, and in which order. */
const LISTED = {
  levels: { order: 1, _id: 1 },
  memberLevels: { requiredSpent: 1 },
  benefits: {},
} as const;
export type Listed = keyof typeof LISTED;

export class TenantDefinitions {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #transactions: Transactions;
  readonly #readTenant: ReadTenant;
  readonly #known: KnownDefinitions;
  /** Whoever needs the same definitions meanwhile waits for the same answer. */
  readonly #loading = new Map<
    number,
    { readonly state: number; readonly definitions: Promise<Definitions> }
  >();
  /** Of tenants that a transaction has set up itself. */
  readonly #uncommitted = new WeakMap<UnitOfWork, Map<number, Definitions>>();

  constructor(models: Models, ids: Ids, transactions: Transactions, readTenant: ReadTenant) {
    this.#models = models;
    this.#ids = ids;
    this.#transactions = transactions;
    this.#readTenant = readTenant;
    this.#known = new KnownDefinitions(models.settings);
  }

  /** The definitions of the scope's tenant; a tenant seen for the first time gets the standard ones. */
  async of(scope: TenantScope): Promise<Definitions> {
    const { tenantId } = scope;
    const known = await this.#known.get(tenantId);
    if (known) return known.definitions;
    const state = this.#known.state(tenantId);
    const underWay = this.#loading.get(tenantId);
    if (underWay && underWay.state === state) return underWay.definitions;
    const loading = { state, definitions: this.#loadOrSetUp(scope) };
    this.#loading.set(tenantId, loading);
    try {
      const definitions = await loading.definitions;
      this.#known.keep(tenantId, definitions, state);
      return definitions;
    } finally {
      if (this.#loading.get(tenantId) === loading) this.#loading.delete(tenantId);
    }
  }

  /** A list of them as it is stored at this moment, whatever memory holds: for who keeps it for longer than a second. */
  async stored<Name extends Listed>(scope: TenantScope, name: Name): Promise<Definitions[Name]> {
    // A tenant that is seen for the first time has some afterwards.
    await this.of(scope);
    const models: Pick<Models, Listed> = this.#models;
    return (await models[name].find(scope, {}, { sort: LISTED[name] })) as unknown as Definitions[Name];
  }

  /** As `of`, inside a transaction, which sets the tenant up when nobody has: then they are there for it alone. */
  async within(scope: TenantScope, unit: UnitOfWork): Promise<Definitions> {
    return (await this.withinAll([scope], unit)).get(scope.tenantId) as Definitions;
  }

  /** As `within`, of several tenants, in as many questions as of one. */
  async withinAll(scopes: readonly TenantScope[], unit: UnitOfWork): Promise<Map<number, Definitions>> {
    const all = new Map<number, Definitions>();
    const missing: TenantScope[] = [];
    for (const scope of scopes) {
      const { tenantId } = scope;
      const own = this.#uncommitted.get(unit)?.get(tenantId);
      const known = own ?? (await this.#known.get(tenantId))?.definitions;
      if (known) all.set(tenantId, known);
      else missing.push(scope);
    }
    const states = new Map(missing.map(({ tenantId }) => [tenantId, this.#known.state(tenantId)]));
    for (const [tenantId, definitions] of await this.#load([...states.keys()])) {
      this.#known.keep(tenantId, definitions, states.get(tenantId) ?? 0);
      all.set(tenantId, definitions);
    }
    for (const scope of missing)
      if (!all.has(scope.tenantId)) all.set(scope.tenantId, await this.#setUpFor(scope, unit));
    return all;
  }

  /** The zone whose days the scope's tenant counts. */
  async zoneOf(scope: TenantScope, session?: ClientSession): Promise<string> {
    const known = await this.#known.get(scope.tenantId);
    if (known?.zone !== undefined) return known.zone;
    const { timezone } = await this.#readTenant(scope, session);
    if (known) known.zone = timezone;
    return timezone;
  }

  /** Says, in the transaction of a change, that a tenant's definitions or zone are others: every process reads them anew. */
  async changed(scope: TenantScope, unit: UnitOfWork): Promise<void> {
    await this.#models.settings.updateOne(
      scope,
      { _id: scope.tenantId },
      { $inc: { definitionsVersion: 1 }, $set: { definitionsChangedAt: new Date() } },
      { session: unit.session },
    );
    unit.afterCommit(() => this.#known.forget(scope.tenantId));
    this.#endKept(scope, unit);
  }

  /** What is kept to be shown of a tenant's definitions holds no more once the transaction has committed. */
  #endKept({ tenantId }: TenantScope, unit: UnitOfWork): void {
    unit.changes({ kind: 'levels', tenantId });
    unit.changes({ kind: 'benefits', tenantId });
  }

  async #loadOrSetUp(scope: TenantScope): Promise<Definitions> {
    const { tenantId } = scope;
    const committed = (await this.#load([tenantId])).get(tenantId);
    if (committed) return committed;
    await this.#setUp(scope);
    const definitions = (await this.#load([tenantId])).get(tenantId);
    if (!definitions) throw new Error(`tenant ${tenantId} has no points settings after its set-up`);
    return definitions;
  }

  async #setUpFor(scope: TenantScope, unit: UnitOfWork): Promise<Definitions> {
    const { tenantId } = scope;
    await this.setUpWithin(scope, unit);
    const definitions = (await this.#load([tenantId], unit.session)).get(tenantId);
    if (!definitions) throw new Error(`tenant ${tenantId} has no points settings after its set-up`);
    const ofUnit = this.#uncommitted.get(unit) ?? new Map<number, Definitions>();
    this.#uncommitted.set(unit, ofUnit.set(tenantId, definitions));
    return definitions;
  }

  /** Those of tenants that are set up. Their settings first: what is read after them is no older than the version that they name. */
  async #load(tenantIds: readonly number[], session?: ClientSession): Promise<Map<number, Definitions>> {
    const all = new Map<number, Definitions>();
    if (tenantIds.length === 0) return all;
    const ofTenants = { tenantId: { $in: [...tenantIds] } };
    const within = session ? { session } : {};
    const why = 'definitions: of all tenants of a batch at once';
    const { settings, levels, memberLevels, rules, tagDefinitions, benefits } = this.#models;
    const rows = [
      await settings
        .acrossTenants(why)
        .find({ _id: { $in: [...tenantIds] } }, within)
        .toArray(),
      await memberLevels
        .acrossTenants(why)
        .find(ofTenants, { sort: LISTED.memberLevels, ...within })
        .toArray(),
      await levels
        .acrossTenants(why)
        .find(ofTenants, { sort: LISTED.levels, ...within })
        .toArray(),
      await rules.acrossTenants(why).find(ofTenants, within).toArray(),
      // A version before kept what members told of a tag, too, under number 0.
      await tagDefinitions
        .acrossTenants(why)
        .find({ ...ofTenants, sequence: { $gt: 0 } }, within)
        .toArray(),
      await benefits.acrossTenants(why).find(ofTenants, within).toArray(),
    ] as const;
    const of = <T extends { readonly tenantId: number }>(found: readonly unknown[], tenantId: number): T[] =>
      (found as readonly T[]).filter((one) => one.tenantId === tenantId);
    for (const stored of rows[0] as PointsSettings[]) {
      const { tenantId } = stored;
      const ladder = of<MemberLevel>(rows[1], tenantId);
      // A tenant of a version that had no member levels gets them now; one whose levels were never told of has them told.
      if (ladder.length === 0 || ladder.some(isUntold)) continue;
      all.set(tenantId, {
        settings: completed(stored),
        memberLevels: ladder,
        levels: of<Level>(rows[2], tenantId),
        rules: of<Rule>(rows[3], tenantId),
        benefits: of<Benefit>(rows[5], tenantId),
        tags: new Map(of<TagDefinition>(rows[4], tenantId).map(({ _id, tag }) => [_id, tag])),
      });
    }
    return all;
  }

  async #setUp(scope: TenantScope): Promise<void> {
    try {
      await this.#transactions.run((unit) => this.setUpWithin(scope, unit));
    } catch (error) {
      // Somebody else set the tenant up in the same moment.
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /** Gives a tenant its standard settings, levels and rule, once. */
  async setUpWithin(scope: TenantScope, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const now = new Date();
    this.#endKept(scope, unit);
    await this.#insertMemberLevels(scope, unit, now);
    if (await this.#models.settings.findOne(scope, { _id: scope.tenantId }, { session })) return;
    await this.#models.settings.insert(
      scope,
      [completed({ _id: scope.tenantId, tenantId: scope.tenantId, sequence: 0 } as PointsSettings)],
      { session },
    );
    await this.#insertLevels(scope, unit, session, now);
    const rule: Rule = {
      ...standardRule,
      _id: await this.#ids.next('award_rules'),
      tenantId: scope.tenantId,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.#models.rules.insert(scope, [rule], { session });
  }

  async #insertMemberLevels(scope: TenantScope, unit: UnitOfWork, now: Date): Promise<void> {
    const { session } = unit;
    const tell = (level: MemberLevel) =>
      unit.announce(scope, memberLevelCreated, {
        subject: level._id,
        sequence: 1,
        data: memberLevelFact(level),
      });
    const existing = await this.#models.memberLevels.find(scope, {}, { session });
    for (const level of existing.filter(isUntold)) {
      await this.#models.memberLevels.updateOne(
        scope,
        { _id: level._id },
        { $set: { sequence: 1 } },
        { session },
      );
      tell(level);
    }
    if (existing.length > 0) return;
    const ids = await this.#ids.take('member_levels', standardMemberLevels.length);
    const stamps = { tenantId: scope.tenantId, sequence: 1, createdAt: now, updatedAt: now };
    const levels = standardMemberLevels.map(
      (standard, index): MemberLevel => ({ ...standard, ...stamps, _id: ids[index] as number }),
    );
    await this.#models.memberLevels.insert(scope, levels, { session });
    for (const level of levels) tell(level);
  }

  async #insertLevels(
    scope: TenantScope,
    unit: UnitOfWork,
    session: ClientSession,
    now: Date,
  ): Promise<void> {
    const ids = await this.#ids.take('user_levels', standardLevels.length);
    const levels = standardLevels.map(
      (standard, index): Level => ({
        ...standard,
        _id: ids[index] as number,
        tenantId: scope.tenantId,
        sequence: 1,
        createdAt: now,
        updatedAt: now,
      }),
    );
    await this.#models.levels.insert(scope, levels, { session });
    for (const level of levels)
      unit.announce(scope, userLevelCreated, { subject: level._id, sequence: 1, data: levelFact(level) });
  }
}

/** Made by a version that announced no definitions of member levels. */
const isUntold = ({ sequence }: MemberLevel): boolean => sequence === undefined;

/** What a tenant's movements are decided by: settings, levels, rules. May be a second old (spec/architecture.md, "Data"). */
import type { ClientSession } from 'mongoose';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { memberLevelCreated } from '@membership/contracts/events/member-system';
import { userLevelCreated } from '@membership/contracts/events/points';
import { levelFact, type Level } from '../levels/level.ts';
import { standardLevels } from '../levels/standard-levels.ts';
import { memberLevelFact, type MemberLevel } from '../member-levels/member-level.ts';
import { standardMemberLevels } from '../member-levels/standard-member-levels.ts';
import type { Models } from '../models.ts';
import { standardRule, type Rule } from '../rules/rule.ts';
import type { Definitions } from './definitions.ts';
import { completed, type PointsSettings } from './points-settings.ts';

/** How old the definitions may be that a process decides by. */
export const DEFINITIONS_AGE_MS = 1_000;

export class TenantDefinitions {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #transactions: Transactions;
  readonly #cache = new Map<number, { definitions: Definitions; until: number }>();
  /** Of tenants that a transaction has set up itself. */
  readonly #uncommitted = new WeakMap<UnitOfWork, Map<number, Definitions>>();

  constructor(models: Models, ids: Ids, transactions: Transactions) {
    this.#models = models;
    this.#ids = ids;
    this.#transactions = transactions;
  }

  /** The definitions of the scope's tenant; a tenant seen for the first time gets the standard ones. */
  async of(scope: TenantScope): Promise<Definitions> {
    const cached = this.#cache.get(scope.tenantId);
    if (cached && cached.until > Date.now()) return cached.definitions;
    let definitions = await this.#load(scope);
    if (!definitions) {
      await this.#setUp(scope);
      definitions = await this.#load(scope);
    }
    if (!definitions) throw new Error(`tenant ${scope.tenantId} has no points settings after its set-up`);
    this.#keep(scope, definitions);
    return definitions;
  }

  /** As `of`, inside a transaction, which sets the tenant up when nobody has: then they are there for it alone. */
  async within(scope: TenantScope, unit: UnitOfWork): Promise<Definitions> {
    const own = this.#uncommitted.get(unit)?.get(scope.tenantId);
    if (own) return own;
    const cached = this.#cache.get(scope.tenantId);
    if (cached && cached.until > Date.now()) return cached.definitions;
    const committed = await this.#load(scope);
    if (committed) {
      this.#keep(scope, committed);
      return committed;
    }
    await this.setUpWithin(scope, unit);
    const definitions = await this.#load(scope, unit.session);
    if (!definitions) throw new Error(`tenant ${scope.tenantId} has no points settings after its set-up`);
    const ofUnit = this.#uncommitted.get(unit) ?? new Map<number, Definitions>();
    this.#uncommitted.set(unit, ofUnit.set(scope.tenantId, definitions));
    return definitions;
  }

  #keep({ tenantId }: TenantScope, definitions: Definitions): void {
    this.#cache.set(tenantId, { definitions, until: Date.now() + DEFINITIONS_AGE_MS });
  }

  /** After one's own change: the next read sees it. */
  forget(tenantId: number): void {
    this.#cache.delete(tenantId);
  }

  async #load(scope: TenantScope, session?: ClientSession): Promise<Definitions | null> {
    const within = session ? { session } : {};
    const settings = await this.#models.settings.findOne(scope, { _id: scope.tenantId }, within);
    const memberLevels = await this.#models.memberLevels.find(
      scope,
      {},
      { sort: { requiredSpent: 1 }, ...within },
    );
    // A tenant of a version that had no member levels gets them now; one whose levels were never told of has them told.
    if (!settings || memberLevels.length === 0 || memberLevels.some(isUntold)) return null;
    return {
      memberLevels,
      settings: completed(settings),
      levels: await this.#models.levels.find(scope, {}, { sort: { order: 1, _id: 1 }, ...within }),
      rules: await this.#models.rules.find(scope, {}, within),
    };
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

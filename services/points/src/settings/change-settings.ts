/** Reads and changes a tenant's points settings. */
import { invalid } from '@membership/contracts/errors';
import { pointsSettingsUpdated } from '@membership/contracts/events/points';
import { changesNothing } from '@membership/platform/given';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { askToFollowLevels } from '../levels/follow-levels.ts';
import type { Models } from '../models.ts';
import {
  completed,
  standardSettings,
  SYSTEM_CATEGORIES,
  type PointsSettings,
} from '../domain/points-settings.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';

export type SettingsChanges = Partial<
  Omit<
    PointsSettings,
    | '_id'
    | 'tenantId'
    | 'sequence'
    | 'levelsToFollow'
    | 'definitionsVersion'
    | 'definitionsChangedAt'
    | 'earningCategories'
    | 'spendingCategories'
  >
> & {
  readonly ownEarningCategories?: readonly string[];
  readonly ownSpendingCategories?: readonly string[];
};

export class SettingsChange {
  readonly #models: Models;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, definitions: TenantDefinitions) {
    this.#models = models;
    this.#definitions = definitions;
  }

  async get(scope: TenantScope): Promise<PointsSettings> {
    return (await this.#definitions.of(scope)).settings;
  }

  /** Refuses (VALIDATION_ERROR) an own category that exists already, and a daily limit for one that does not earn. */
  async change(scope: TenantScope, changes: SettingsChanges, unit: UnitOfWork): Promise<PointsSettings> {
    const { settings: current } = await this.#definitions.of(scope);
    if (Object.keys(changes).length === 0) return current;
    const { ownEarningCategories, ownSpendingCategories, ...same } = changes;
    const id = { _id: scope.tenantId };
    const stored = await this.#models.settings.findOne(scope, id, { session: unit.session });
    if (!stored) throw new Error(`tenant ${scope.tenantId} has no points settings`);
    const before = completed(stored);
    const changed: PointsSettings = {
      ...before,
      ...same,
      ...(ownEarningCategories
        ? { earningCategories: [...standardSettings.earningCategories, ...new Set(ownEarningCategories)] }
        : {}),
      ...(ownSpendingCategories
        ? { spendingCategories: [...standardSettings.spendingCategories, ...new Set(ownSpendingCategories)] }
        : {}),
    };
    check(changed);
    if (changesNothing<PointsSettings>(before, changed)) return before;
    const settings: PointsSettings = { ...changed, sequence: before.sequence + 1 };
    const { _id, tenantId: _tenant, levelsToFollow: _asked, ...named } = settings;
    // What is counted is not set: others may count meanwhile.
    const { definitionsVersion: _version, definitionsChangedAt: _at, ...state } = named;
    await this.#models.settings.updateOne(scope, { _id }, { $set: state }, { session: unit.session });
    if (changes.levelPolicy) await askToFollowLevels(this.#models, scope, unit);
    const { expiryDays, dailyLimits, earningCategories, spendingCategories } = settings;
    const { levelPolicy, holdLifetimeMinutes, transfersEnabled } = settings;
    unit.announce(scope, pointsSettingsUpdated, {
      subject: scope.tenantId,
      sequence: settings.sequence,
      data: {
        pointsRedeemedPerCurrencyUnit: settings.pointsRedeemedPerUnit,
        pointsEarnedPerCurrencyUnit: settings.pointsEarnedPerUnit,
        ...{ expiryDays, dailyLimits, earningCategories, spendingCategories },
        ...{ levelPolicy, holdLifetimeMinutes, transfersEnabled },
      },
    });
    await this.#definitions.changed(scope, unit);
    return settings;
  }
}

function check({ earningCategories, spendingCategories, dailyLimits }: PointsSettings): void {
  const taken = (category: string) => ({
    zh: `分类已存在：${category}`,
    en: `This category exists already: ${category}`,
  });
  const system: readonly string[] = [...SYSTEM_CATEGORIES, 'expiry'];
  const twice = (categories: readonly string[], others: readonly string[]) =>
    categories.filter(
      (category, index) =>
        categories.indexOf(category) !== index || others.includes(category) || system.includes(category),
    );
  const earning = twice(earningCategories, spendingCategories);
  if (earning.length > 0) throw invalid({ own_earning_categories: earning.map(taken) });
  const spending = twice(spendingCategories, earningCategories);
  if (spending.length > 0) throw invalid({ own_spending_categories: spending.map(taken) });
  const unknown = Object.keys(dailyLimits).filter((category) => !earningCategories.includes(category));
  if (unknown.length > 0)
    throw invalid({
      daily_limits: unknown.map((category) => ({
        zh: `未知的获得分类：${category}`,
        en: `No earning category: ${category}`,
      })),
    });
}

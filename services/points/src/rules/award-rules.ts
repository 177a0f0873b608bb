/** The award rules of a tenant: define, change, remove. What a rule has given stays. */
import { invalid, notFound } from '@membership/contracts/errors';
import { awardRuleCreated, awardRuleDeleted, awardRuleUpdated } from '@membership/contracts/events/points';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { PageRequest } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { Rule } from '../domain/rule.ts';

export type RuleChanges = Partial<Omit<Rule, '_id' | 'tenantId' | 'version' | 'createdAt' | 'updatedAt'>>;

export class AwardRules {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
  }

  async list(
    scope: TenantScope,
    filter: { _id?: { $in: number[] }; eventType?: string; isActive?: boolean },
    page: PageRequest,
  ) {
    await this.#definitions.of(scope);
    return this.#models.rules.page(scope, filter, page);
  }

  /** Refuses (BIZ_001) an unknown rule. */
  async get(scope: TenantScope, id: number): Promise<Rule> {
    const rule = await this.#models.rules.findOne(scope, { _id: id });
    if (!rule) throw notFound();
    return rule;
  }

  /**
   * Refuses (VALIDATION_ERROR) a category that does not earn, points both fixed and per amount (or neither), and a validity
   * that ends before it begins.
   */
  async create(scope: TenantScope, changes: Required<RuleChanges>, unit: UnitOfWork): Promise<Rule> {
    const now = new Date();
    const rule: Rule = {
      ...changes,
      _id: await this.#ids.next('award_rules'),
      tenantId: scope.tenantId,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.#check(scope, rule);
    await this.#models.rules.insert(scope, [rule], { session: unit.session });
    await this.#definitions.changed(scope, unit);
    announce(scope, awardRuleCreated, rule, unit);
    return rule;
  }

  /** Refuses as `create`. Each change of something is a new version; awards name the version that gave them. */
  async change(scope: TenantScope, id: number, changes: RuleChanges, unit: UnitOfWork): Promise<Rule> {
    const current = await this.#models.rules.findOne(scope, { _id: id }, { session: unit.session });
    if (!current) throw notFound();
    if (changesNothing<Rule>(current, changes)) return current;
    const rule: Rule = { ...current, ...changes, version: current.version + 1, updatedAt: new Date() };
    await this.#check(scope, rule);
    const { _id, tenantId: _tenant, ...state } = rule;
    await this.#models.rules.updateOne(scope, { _id }, { $set: state }, { session: unit.session });
    await this.#definitions.changed(scope, unit);
    announce(scope, awardRuleUpdated, rule, unit);
    return rule;
  }

  async remove(scope: TenantScope, id: number, unit: UnitOfWork): Promise<void> {
    const rule = await this.#models.rules.findOne(scope, { _id: id }, { session: unit.session });
    if (!rule) throw notFound();
    await this.#models.rules.deleteMany(scope, { _id: id }, { session: unit.session });
    await this.#definitions.changed(scope, unit);
    announce(scope, awardRuleDeleted, { ...rule, version: rule.version + 1 }, unit);
  }

  async #check(scope: TenantScope, rule: Rule): Promise<void> {
    const { settings } = await this.#definitions.of(scope);
    if (!settings.earningCategories.includes(rule.category))
      throw invalid({
        category: {
          zh: `无效的业务分类，可选：${settings.earningCategories.join('、')}`,
          en: `Must be one of: ${settings.earningCategories.join(', ')}`,
        },
      });
    if ((rule.points === null) === ((rule.perAmount ?? null) === null))
      throw invalid({
        points: { zh: 'points 与 per_amount 必须且只能填写一个', en: 'Give either points or per_amount' },
      });
    if (rule.validFrom && rule.validTo && rule.validTo < rule.validFrom)
      throw invalid({ valid_to: { zh: '不能早于 valid_from', en: 'Must not be before valid_from' } });
  }
}

const NO_CAPS = { perDay: null, perMember: null, budget: null } as const;

/** Its version counts its facts. */
function announce(
  scope: TenantScope,
  event: typeof awardRuleCreated | typeof awardRuleUpdated | typeof awardRuleDeleted,
  rule: Rule,
  unit: UnitOfWork,
): void {
  const { _id: ruleId, version, name, eventType, conditions, points, category, isActive } = rule;
  unit.announce(scope, event, {
    subject: ruleId,
    sequence: version,
    data: {
      ...{ ruleId, name, eventType, points, category, isActive },
      conditions: conditions.map(({ field, operator, value }) => ({ field, operator, value })),
      perAmount: rule.perAmount ?? null,
      caps: rule.caps ?? NO_CAPS,
      validFrom: rule.validFrom?.toISOString() ?? null,
      validTo: rule.validTo?.toISOString() ?? null,
    },
  });
}

/** The benefits of a tenant: defined, changed, removed. Codes are unique. */
import { invalid, notFound } from '@membership/contracts/errors';
import { benefitCreated, benefitDeleted, benefitUpdated } from '@membership/contracts/events/member-system';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { findByCode, holderOfCode } from '@membership/platform/spelling';
import { checkRequiredLevel } from '../domain/member-level.ts';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { Benefit, UseCount } from '../domain/benefit.ts';

type Stamps = '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt';
export type BenefitChanges = Partial<Omit<Benefit, Stamps | 'code' | 'type'>>;

export class Benefits {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
  }

  /** How often each count was used, by its key. */
  async counts(scope: TenantScope, keys: readonly string[]): Promise<Map<string, number>> {
    const found: UseCount[] = await this.#models.benefitCounts.find(scope, { _id: { $in: [...keys] } });
    return new Map(found.map(({ _id, used }) => [_id, used]));
  }

  /** As it is stored, in whatever case its code is typed. Refuses (BIZ_001) an unknown code. */
  async get(scope: TenantScope, code: string): Promise<Benefit> {
    const benefit = await findByCode(this.#models.benefits, scope, code);
    if (!benefit) throw notFound();
    return benefit;
  }

  /** Refuses (VALIDATION_ERROR) a code that is taken and an unknown level. */
  async define(scope: TenantScope, given: Omit<Benefit, Stamps>, unit: UnitOfWork): Promise<Benefit> {
    const { benefits } = this.#models;
    const { session } = unit;
    if (await holderOfCode(benefits, scope, given.code, { session }))
      throw invalid({ benefit_id: { zh: '权益编号已存在', en: 'This code is taken' } });
    checkRequiredLevel(given, (await this.#definitions.of(scope)).memberLevels);
    const now = new Date();
    const stamps = { tenantId: scope.tenantId, sequence: 1, createdAt: now, updatedAt: now };
    const benefit: Benefit = { ...given, ...stamps, _id: await this.#ids.next('benefits') };
    await benefits.insert(scope, [benefit], { session });
    await this.#definitions.changed(scope, unit);
    announce(scope, benefitCreated, benefit, unit);
    return benefit;
  }

  /** Refuses an unknown code (BIZ_001), an unknown level and a discount above the price (VALIDATION_ERROR). */
  async change(
    scope: TenantScope,
    code: string,
    changes: BenefitChanges,
    unit: UnitOfWork,
  ): Promise<Benefit> {
    checkRequiredLevel(changes, (await this.#definitions.of(scope)).memberLevels);
    const found = await findByCode(this.#models.benefits, scope, code, { session: unit.session });
    if (!found) throw notFound();
    if (changesNothing<Benefit>(found, changes)) return found;
    const benefit = await this.#models.benefits.change(
      scope,
      { _id: found._id },
      { $set: { ...changes, updatedAt: new Date() }, $inc: { sequence: 1 } },
      { session: unit.session },
    );
    if (!benefit) throw notFound();
    if (benefit.type === 'DISCOUNT' && (benefit.value ?? 1) > 1)
      throw invalid({
        value: { zh: '折扣应在 0.01 到 1 之间', en: 'A discount pays a part from 0.01 to 1' },
      });
    await this.#definitions.changed(scope, unit);
    announce(scope, benefitUpdated, benefit, unit);
    return benefit;
  }

  /** Refuses (BIZ_001) an unknown code. */
  async remove(scope: TenantScope, code: string, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const found = await findByCode(this.#models.benefits, scope, code, { session });
    if (!found) throw notFound();
    await this.#models.benefits.deleteMany(scope, { _id: found._id }, { session });
    await this.#definitions.changed(scope, unit);
    announce(scope, benefitDeleted, { ...found, sequence: (found.sequence ?? 0) + 1 }, unit);
  }
}

/** Tells a benefit as it is, or was, under the number that its own document counts. */
function announce(
  scope: TenantScope,
  event: typeof benefitCreated | typeof benefitUpdated | typeof benefitDeleted,
  { _id, code, name, type, value, requiredLevelId, usageLimit, limitPeriod, isActive, sequence = 1 }: Benefit,
  unit: UnitOfWork,
): void {
  unit.announce(scope, event, {
    subject: _id,
    sequence,
    data: {
      ...{ benefitId: _id, benefitCode: code, benefitName: name, benefitType: type },
      ...{ value, requiredLevelId, usageLimit, limitPeriod, isActive },
    },
  });
}

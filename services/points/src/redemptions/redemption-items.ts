/** The items that a tenant offers for points: offered, changed, withdrawn. Codes are unique. */
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import {
  redemptionItemCreated,
  redemptionItemDeleted,
  redemptionItemUpdated,
} from '@membership/contracts/events/member-system';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { PageRequest, Paging, Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { findByCode, holderOfCode } from '@membership/platform/spelling';
import type { Models } from '../models.ts';
import type { RedemptionItem, RedemptionStatus } from '../domain/redemption.ts';

type Stamps = '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt';
export type ItemChanges = Partial<Omit<RedemptionItem, Stamps | 'code'>>;

export class RedemptionItems {
  readonly #models: Models;
  readonly #ids: Ids;
  constructor(models: Models, ids: Ids) {
    this.#models = models;
    this.#ids = ids;
  }

  async list(scope: TenantScope, page: PageRequest) {
    const { redemptionItems } = this.#models;
    return redemptionItems.page(scope, {}, page);
  }

  /** Refuses (BIZ_001) an unknown code. */
  async get(scope: TenantScope, code: string): Promise<RedemptionItem> {
    const item = await findByCode(this.#models.redemptionItems, scope, code);
    if (!item) throw notFound();
    return item;
  }

  /** Refuses (VALIDATION_ERROR) a code that is taken. */
  async offer(
    scope: TenantScope,
    given: Omit<RedemptionItem, Stamps>,
    unit: UnitOfWork,
  ): Promise<RedemptionItem> {
    const { redemptionItems } = this.#models;
    const { session } = unit;
    if (await holderOfCode(redemptionItems, scope, given.code, { session }))
      throw invalid({ redemption_item_id: { zh: '商品编号已存在', en: 'This code is taken' } });
    const now = new Date();
    const _id = await this.#ids.next('redemption_items');
    const stamps = { _id, tenantId: scope.tenantId, sequence: 1, createdAt: now, updatedAt: now };
    const item: RedemptionItem = { ...given, ...stamps };
    await redemptionItems.insert(scope, [item], { session });
    announce(scope, redemptionItemCreated, item, unit);
    return item;
  }

  /** Refuses (BIZ_001) an unknown code. */
  async change(
    scope: TenantScope,
    code: string,
    changes: ItemChanges,
    unit: UnitOfWork,
  ): Promise<RedemptionItem> {
    const { session } = unit;
    const found = await findByCode(this.#models.redemptionItems, scope, code, { session });
    if (!found) throw notFound();
    if (changesNothing<RedemptionItem>(found, changes)) return found;
    const item = await this.#models.redemptionItems.change(
      scope,
      { _id: found._id },
      { $set: { ...changes, updatedAt: new Date() }, $inc: { sequence: 1 } },
      { session },
    );
    if (!item) throw notFound();
    announce(scope, redemptionItemUpdated, item, unit);
    return item;
  }

  /** Refuses an unknown code (BIZ_001) and an item with open redemptions, which may still be cancelled (CONFLICT). */
  async withdraw(scope: TenantScope, code: string, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const { redemptionItems, redemptions } = this.#models;
    // Whoever redeems it meanwhile writes what is removed here: one of the two runs again.
    const item = await findByCode(redemptionItems, scope, code, { session });
    if (!item) throw notFound();
    const open: RedemptionStatus[] = ['requested', 'shipped'];
    if (await redemptions.findOne(scope, { itemId: item._id, status: { $in: open } }, { session }))
      throw refuse('CONFLICT', {
        text: { zh: '该商品仍有未完成的兑换，不能删除', en: 'The item still has open redemptions' },
      });
    await redemptionItems.deleteMany(scope, { _id: item._id }, { session });
    announce(scope, redemptionItemDeleted, { ...item, sequence: (item.sequence ?? 0) + 1 }, unit);
  }

  async listRedemptions(
    scope: TenantScope,
    { memberId, status }: { memberId: number | undefined; status: RedemptionStatus | undefined },
    paging: Paging,
  ) {
    const { redemptions } = this.#models;
    const filter = {
      ...(memberId === undefined ? {} : { memberId }),
      ...(status === undefined ? {} : { status }),
    };
    const sort: Sort = { createdAt: -1, _id: -1 };
    return redemptions.page(scope, filter, { sort, ...paging });
  }

  /** Refuses (BIZ_001) an unknown one. */
  async getRedemption(scope: TenantScope, id: number) {
    const redemption = await this.#models.redemptions.findOne(scope, { _id: id });
    if (!redemption) throw notFound();
    return redemption;
  }
}

/** Tells an item as it is, or was, under the number that its own document counts. */
function announce(
  scope: TenantScope,
  event: typeof redemptionItemCreated | typeof redemptionItemUpdated | typeof redemptionItemDeleted,
  item: RedemptionItem,
  unit: UnitOfWork,
): void {
  const { _id, code, name, cost, stock, perMemberLimit, needsDelivery, deliveryDays, isActive } = item;
  unit.announce(scope, event, {
    subject: _id,
    sequence: item.sequence ?? 1,
    data: {
      ...{ itemId: _id, itemCode: code, itemName: name, pointsCost: cost, stock },
      ...{ perMemberLimit, needsDelivery, deliveryDays, isActive },
    },
  });
}

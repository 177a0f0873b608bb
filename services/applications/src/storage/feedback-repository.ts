/** Storage of feedbacks. */
import { notFound } from '@membership/contracts/errors';
import type { Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { WholeCounts } from '../whole-counts.ts';
import type { Feedback } from '../domain/feedback.ts';

export type FeedbackFilter = {
  readonly applicationId: number;
  readonly memberId?: number | undefined;
  readonly status?: Feedback['status'] | undefined;
};

export class FeedbackRepository {
  readonly #collection: TenantCollection<Feedback>;
  readonly #counts: WholeCounts<Feedback>;
  constructor(collection: TenantCollection<Feedback>) {
    this.#collection = collection;
    this.#counts = new WholeCounts(collection);
  }

  list(scope: TenantScope, filter: FeedbackFilter, sort: Sort, paging: Paging) {
    return this.#collection.page(scope, this.#filter(filter), { sort, ...paging });
  }

  explain(scope: TenantScope, filter: FeedbackFilter, sort: Sort): Promise<unknown> {
    return this.#collection.explain(scope, this.#filter(filter), sort);
  }

  /** See `WholeCounts`. */
  countOf(scope: TenantScope, applicationId: number, status?: Feedback['status']): Promise<number> {
    return this.#counts.of(scope, this.#filter({ applicationId, status }));
  }

  /** Refuses (404) an unknown one, or one of another application. */
  async get(scope: TenantScope, applicationId: number, id: number, unit: UnitOfWork): Promise<Feedback> {
    const found = await this.#collection.findOne(
      scope,
      { _id: id, applicationId },
      { session: unit.session },
    );
    if (!found) throw notFound();
    return found;
  }

  async add(scope: TenantScope, feedback: Feedback, unit: UnitOfWork): Promise<void> {
    await this.#collection.insert(scope, [feedback], { session: unit.session });
  }

  async save(
    scope: TenantScope,
    { _id, tenantId: _tenant, ...fields }: Feedback,
    unit: UnitOfWork,
  ): Promise<void> {
    await this.#collection.updateOne(scope, { _id }, { $set: fields }, { session: unit.session });
  }

  #filter({ applicationId, memberId, status }: FeedbackFilter): Unscoped {
    return {
      applicationId,
      ...(memberId === undefined ? {} : { memberId }),
      ...(status === undefined ? {} : { status }),
    };
  }
}

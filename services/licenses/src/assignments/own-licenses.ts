/**
 * A member's list of its own licences, out of Redis where there is one. Kept are its assignments and the names around them; what
 * the licences say (slots, ends, states) is read each time, as many members share one, and the state is told by the moment.
 */
import type { Page } from '@membership/contracts/dialects';
import type { Answers } from '@membership/platform/answers/answers-of';
import type { Paging, Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Assignment } from '../domain/assignment.ts';
import { ownLicensesOf } from '../domain/own-licenses.ts';
import type { AssignmentFilter, AssignmentRepository } from '../storage/assignment-repository.ts';
import { namesAround, type Names, type ViewStores } from './assignments.views.ts';

type Question = {
  readonly memberId: number;
  readonly filter: Pick<AssignmentFilter, 'productId' | 'status' | 'withoutExpired'>;
  readonly sort: Sort;
  readonly paging: Paging;
};
/** `until`: when an assignment of it ends next, and belongs to other lists. */
type Listed = { readonly page: Page<Assignment>; readonly names: Names; readonly until: Date | null };
type Stores = Pick<ViewStores, 'products' | 'plans' | 'directory'> & {
  readonly assignments: AssignmentRepository;
};

export class OwnLicenses {
  readonly #answers: Pick<Answers, 'read'>;
  readonly #stores: Stores;
  constructor(answers: Pick<Answers, 'read'>, stores: Stores) {
    this.#answers = answers;
    this.#stores = stores;
  }

  async list(scope: TenantScope, question: Question, now: Date): Promise<Listed> {
    const { memberId, filter, sort, paging } = question;
    const load = async (): Promise<Listed> => {
      const page = await this.#stores.assignments.list(scope, { ...filter, memberId }, now, sort, paging);
      const ends = page.items.filter(({ isOpen, expiresAt }) => isOpen && expiresAt > now);
      const until = ends.reduce<Date | null>(
        (soonest, { expiresAt }) => (soonest && soonest < expiresAt ? soonest : expiresAt),
        null,
      );
      return { page, names: await namesAround(this.#stores, scope, page.items), until };
    };
    // What ends is added to the list of what has ended, and what a page leaves out may end, too.
    const isWhole = ({ page }: Listed) =>
      filter.status !== 'expired' && paging.page === 1 && page.items.length === page.count;
    const found = await this.#answers.read(
      ownLicensesOf(scope.tenantId, memberId),
      JSON.stringify([filter, sort, paging]),
      load,
      isWhole,
    );
    return found.until && found.until <= now ? load() : found;
  }
}

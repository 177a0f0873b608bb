/** Answers what a member asks of its own licences. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { requireMemberId } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { intervalView } from '../usage/usage.views.ts';
import type { AssignmentRepository } from '../storage/assignment-repository.ts';
import { statusAt } from '../domain/assignment.ts';
import { ASSIGNMENT_ORDERINGS } from './assignments.routes.ts';
import { bindingsAndUsage, rowViews, type ViewStores } from './assignments.views.ts';
import type { OwnLicenses } from './own-licenses.ts';

const SHOWN_INTERVALS = 100;

export function userLicenseRoutes(
  stores: ViewStores & { readonly assignments: AssignmentRepository; readonly ownLicenses: OwnLicenses },
): Implementation[] {
  const { assignments, licenses, ownLicenses, usage } = stores;
  return [
    implement(contracts.listMyLicenses, async ({ scope, query, http }) => {
      const { status, product_id: productId, include_expired: includeExpired, page, page_size: size } = query;
      const withoutExpired = status === undefined && !includeExpired;
      const { page: found, names } = await ownLicenses.list(
        scope,
        {
          memberId: requireMemberId(scope),
          filter: { productId, status, withoutExpired },
          sort: sortOf(query.ordering, ASSIGNMENT_ORDERINGS),
          paging: { page, size },
        },
        http.now,
      );
      return { ...found, items: await rowViews(stores, scope, found.items, http.now, names) };
    }),
    implement(contracts.getLicenseUsage, async ({ scope, params, http }) => {
      const assignment = await assignments.getOwn(scope, params.assignment_id, requireMemberId(scope));
      const license = (await licenses.byId(scope, [assignment.licenseId])).get(assignment.licenseId);
      const shown = await bindingsAndUsage(
        stores,
        scope,
        assignment,
        statusAt(assignment, license, http.now),
        http.now,
      );
      const latest = await usage.listLatest(scope, assignment._id, SHOWN_INTERVALS);
      return { ...shown, intervals: latest.map(intervalView) };
    }),
  ];
}

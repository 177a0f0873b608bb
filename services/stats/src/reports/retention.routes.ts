/** Who was active, and who stayed: what a tenant's administrator can ask of its members over time. */
import { getActiveMembers, getMembersRetention } from '@membership/contracts/endpoints/stats/index';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { activeMembers } from './active-members.ts';
import { membersRetention } from './members-retention.ts';
import type { RetentionNumbers } from './open-spans.ts';
import { activeMembersView, membersRetentionView } from './retention.views.ts';

export const retentionRoutes = (numbers: RetentionNumbers): Implementation[] => [
  implement(getActiveMembers, async ({ scope, query: { compare, ...asked }, http }) =>
    activeMembersView(
      await activeMembers(numbers, scope, {
        ...asked,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
  implement(getMembersRetention, async ({ scope, query: { compare, ...asked }, http }) =>
    membersRetentionView(
      await membersRetention(numbers, scope, {
        ...asked,
        withPrevious: compare === 'previous',
        now: http.now,
      }),
    ),
  ),
];

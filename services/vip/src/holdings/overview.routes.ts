/** Answers what administrators ask of all holdings together. */
import * as contracts from '@membership/contracts/endpoints/vip/overview';
import type { Directory } from '@membership/platform/directory';
import { implement, reply, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { TagRepository } from '../tags/tag-repository.ts';
import type { HoldingCensus } from './census-repository.ts';
import { summaryView } from './overview.views.ts';
import { DAY } from './user-tag.ts';
import type { UserTagRepository } from './user-tag-repository.ts';
import { userTagViews } from './user-tags.views.ts';

type Stores = {
  readonly userTags: UserTagRepository;
  readonly census: HoldingCensus;
  readonly tags: TagRepository;
  readonly directory: Directory;
  /** Does by hand what the jobs do. */
  readonly runDue: (scope: TenantScope) => Promise<{
    readonly tags: number;
    readonly purchases: number;
    readonly renewals: number;
    readonly isComplete: boolean;
  }>;
};
const SOON_DAYS = 7;
const inDays = (now: Date, days: number) => new Date(now.getTime() + days * DAY);

export const overviewRoutes = (stores: Stores): Implementation[] => [
  implement(contracts.listExpiringTags, async ({ scope, query, http: { now } }) => {
    const found = await stores.userTags.list(
      scope,
      { status: 'active', expiresBefore: inDays(now, query.days) },
      { expiresAt: 1, _id: 1 },
      { page: query.page, size: query.page_size },
      now,
    );
    return { ...found, items: await userTagViews(stores, scope, found.items, now) };
  }),
  implement(contracts.runDueWork, async ({ scope, http: { now } }) => {
    const { isComplete, ...counts } = await stores.runDue(scope);
    const done = { ...counts, is_complete: isComplete, timestamp: now.toISOString() };
    return reply(done, { params: counts });
  }),
  implement(contracts.getVipSummary, async ({ scope, http: { now } }) => {
    const counted = await stores.census.recent(scope, now, inDays(now, SOON_DAYS));
    const tags = await stores.tags.byId(
      scope,
      counted.groups.map(({ tagId }) => tagId),
    );
    return summaryView(counted, tags);
  }),
];

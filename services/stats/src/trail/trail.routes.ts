/** The audit trail of a tenant, for its administrators. */
import { eventTypesOf, getEventChain, listEvents } from '@membership/contracts/endpoints/stats/index';
import { invalid } from '@membership/contracts/errors';
import type { MomentFilter } from '@membership/contracts/schemas';
import { endOfDay, startOfDay } from '@membership/platform/calendar';
import { implement, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { Numbers } from '../reports/numbers.ts';
import type { TrailFilter, TrailRepository } from './trail-repository.ts';
import { instantOf } from '../reports/reports.views.ts';
import { chainView, entryView } from './trail.views.ts';
import { walkChain } from './walk-chain.ts';

export type Asked = {
  readonly type?: string | undefined;
  readonly member_id?: number | undefined;
  readonly actor?: string | undefined;
  readonly date_from?: MomentFilter | undefined;
  readonly date_to?: MomentFilter | undefined;
  readonly tz?: string | undefined;
};

/** Days are the tenant's, or those of the zone that is named, both included. Refuses (VALIDATION_ERROR) an end before its start. */
export async function filterOf(
  { counters, generations }: Pick<Numbers, 'counters' | 'generations'>,
  scope: TenantScope,
  { type, member_id: memberId, actor, date_from, date_to, tz }: Asked,
): Promise<TrailFilter> {
  const hasDays = typeof date_from === 'string' || typeof date_to === 'string';
  const zone = tz ?? (hasDays ? await counters.zoneOf(scope, (await generations.serving(scope))._id) : 'UTC');
  const from = typeof date_from === 'string' ? startOfDay(zone, date_from) : date_from;
  const to = typeof date_to === 'string' ? endOfDay(zone, date_to) : date_to;
  if (from && to && from > to)
    throw invalid({ date_to: { zh: '不能早于 date_from', en: 'Must not be before date_from' } });
  return { types: type === undefined ? undefined : eventTypesOf(type), memberId, actor, from, to };
}

export function trailRoutes({
  trail,
  ...numbers
}: Pick<Numbers, 'counters' | 'generations'> & { readonly trail: TrailRepository }): Implementation[] {
  return [
    implement(listEvents, async ({ scope, query }) => {
      const { ordering, cursor, page_size: size, ...asked } = query;
      const isNewestFirst = ordering.at(0)?.descending ?? true;
      const filter = await filterOf(numbers, scope, asked);
      const asOf = await trail.asOf();
      const found = await trail.list(scope, filter, { after: cursor, isNewestFirst, size: size + 1 });
      const page = found.slice(0, size);
      const last = page.at(-1);
      return {
        as_of: instantOf(asOf),
        results: page.map(entryView),
        next_cursor: last && found.length > size ? String(last.position) : null,
      };
    }),
    implement(getEventChain, async ({ scope, params }) => {
      const asOf = await trail.asOf();
      return { as_of: instantOf(asOf), ...chainView(await walkChain(trail, scope, params.event_id)) };
    }),
  ];
}

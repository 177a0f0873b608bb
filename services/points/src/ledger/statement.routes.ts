/** A profile through time: statement, balance at a moment, what ends when; and ending what is due by hand. */
import {
  expirePoints,
  getBalance,
  getExpiringPoints,
  getStatement,
} from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { invalid } from '@membership/contracts/errors';
import { dayOf, endOfDay, plusDays, startOfDay } from '@membership/platform/calendar';
import { CSV_TYPE } from '@membership/platform/csv';
import type { Directory } from '@membership/platform/directory';
import { implement, reply, type Implementation } from '@membership/platform/http/implement';
import { writeStream } from '@membership/platform/http/stream';
import { requireOwn, type TenantScope } from '@membership/platform/scope';
import type { CurrentProfiles } from './current-profiles.ts';
import type { PointsRecord } from '../domain/record.ts';
import type { Profile } from '../domain/profile.ts';
import type { StatementRepository } from './statement-repository.ts';
import { csvOf, entryView, ndjsonOf } from './statement.views.ts';

const USUAL_DAYS = 30;

type Wiring = {
  readonly current: CurrentProfiles;
  /** Profiles of which nothing but themselves is shown. */
  readonly shown: Pick<CurrentProfiles, 'get'>;
  readonly statements: StatementRepository;
  readonly directory: Directory;
  /** Ends what is due of a tenant; how many profiles, and whether nothing is left. */
  readonly expireNow: (scope: TenantScope) => Promise<{ profiles: number; isComplete: boolean }>;
};

export function statementRoutes({
  current,
  shown,
  statements,
  directory,
  expireNow,
}: Wiring): Implementation[] {
  const existing = async (scope: TenantScope, memberId: number): Promise<Profile> => {
    requireOwn(scope, memberId);
    return current.get(scope, memberId);
  };
  const zoneOf = async (scope: TenantScope) => (await directory.tenant(scope)).timezone;

  return [
    implement(getStatement, async ({ scope, params, query, http }) => {
      await existing(scope, params.id);
      const zone = await zoneOf(scope);
      const to = query.date_to ?? dayOf(zone, http.now);
      const from = query.date_from ?? plusDays(to, 1 - USUAL_DAYS);
      if (from > to)
        throw invalid({ date_to: { zh: '不能早于 date_from', en: 'Must not be before date_from' } });
      const stretch = await statements.findStretch(
        scope,
        params.id,
        startOfDay(zone, from),
        endOfDay(zone, to),
      );
      const { response } = http.raw;
      if (query.format !== 'json') {
        const records = stretch ? statements.each(scope, params.id, stretch) : none();
        const fileName = `statement-${params.id}-${from}-${to}.${query.format}`;
        await (query.format === 'csv'
          ? writeStream(response, { contentType: CSV_TYPE, fileName }, csvOf(records))
          : writeStream(
              response,
              { contentType: 'application/x-ndjson; charset=utf-8', fileName },
              ndjsonOf(records),
            ));
        return;
      }
      const first = Math.max(stretch?.first ?? 0, query.cursor ?? 0);
      const page = stretch
        ? await statements.list(scope, params.id, { first, last: stretch.last }, query.page_size)
        : [];
      const [opening_, closing] = stretch
        ? await Promise.all([
            statements.list(scope, params.id, { first: stretch.first, last: stretch.first }, 1),
            statements.list(scope, params.id, { first: stretch.last, last: stretch.last }, 1),
          ])
        : [[], []];
      const before = stretch ? null : await statements.findLastAt(scope, params.id, startOfDay(zone, from));
      const end = page.at(-1);
      const body: ItemOf<typeof getStatement> = {
        member: params.id,
        date_from: from,
        date_to: to,
        opening_balance: opening_[0]?.balanceBefore ?? before?.balanceAfter ?? 0,
        closing_balance: closing[0]?.balanceAfter ?? before?.balanceAfter ?? 0,
        entries: page.map(entryView),
        next_cursor: stretch && end && end.ordinal < stretch.last ? String(end.ordinal + 1) : null,
      };
      await writeStream(response, { contentType: 'application/json; charset=utf-8' }, [JSON.stringify(body)]);
    }),
    implement(getBalance, async ({ scope, params, query, http }) => {
      requireOwn(scope, params.id);
      const profile = await (query.at ? current : shown).get(scope, params.id);
      const at = query.at ?? http.now;
      if (at > http.now) throw invalid({ at: { zh: '不能晚于当前时间', en: 'Must not be in the future' } });
      // What stands now the profile knows; only the past has to be added up.
      const { total, frozen } = query.at
        ? {
            total: (await statements.findLastAt(scope, params.id, at))?.balanceAfter ?? 0,
            frozen: await statements.frozenAt(scope, params.id, at),
          }
        : profile;
      return {
        member: params.id,
        at: at.toISOString(),
        total_points: total,
        available_points: total - frozen,
        frozen_points: frozen,
      };
    }),
    implement(getExpiringPoints, async ({ scope, params, query, http }) => {
      await existing(scope, params.id);
      const zone = await zoneOf(scope);
      const until = endOfDay(zone, plusDays(dayOf(zone, http.now), query.days - 1));
      const endings = await statements.listEndings(scope, params.id, until);
      const { soonest, without } = await statements.findEnds(scope, params.id);
      const byDay = new Map<string, number>();
      for (const { endsAt, points } of endings) {
        const date = dayOf(zone, endsAt);
        byDay.set(date, (byDay.get(date) ?? 0) + points);
      }
      return {
        member: params.id,
        days: query.days,
        total_points: endings.reduce((sum, { points }) => sum + points, 0),
        by_day: [...byDay].map(([date, points]) => ({ date, points })),
        next_expiry_at: soonest?.toISOString() ?? null,
        without_end: without,
      };
    }),
    implement(expirePoints, async ({ scope, http }) => {
      const { profiles, isComplete } = await expireNow(scope);
      return reply(
        { profiles, is_complete: isComplete, timestamp: http.now.toISOString() },
        { params: { profiles } },
      );
    }),
  ];
}

async function* none(): AsyncGenerator<PointsRecord> {}

/** Reports and the audit trail as files. */
import { exportStatistics, reportFields } from '@membership/contracts/endpoints/stats/index';
import { invalid } from '@membership/contracts/errors';
import { dayOf } from '@membership/platform/calendar';
import { implement, type Implementation } from '@membership/platform/http/implement';
import { writeStream } from '@membership/platform/http/stream';
import type { ChainRepository } from '../hash-chain/chain-repository.ts';
import type { TrailRepository } from '../trail/trail-repository.ts';
import { filterOf } from '../trail/trail.routes.ts';
import { exportAnchors } from './anchors.views.ts';
import { exportBoard } from './export-board.ts';
import { exportTrail } from './export-trail.ts';
import { linesOf, typeOf, type Table } from './lines.ts';
import * as tables from './report-tables.views.ts';
import { shortReports, type Query, type ShortNumbers } from './short-reports.views.ts';

/** Refuses (VALIDATION_ERROR) what the report does not take. */
function requireFields({ report, format: _format, ...asked }: Query): void {
  const taken: readonly string[] = reportFields[report];
  const others = Object.keys(asked).filter(
    (field) => asked[field as keyof typeof asked] !== undefined && !taken.includes(field),
  );
  const text = { zh: `${report} 没有这个参数`, en: `${report} takes no such parameter` };
  if (others.length > 0) throw invalid(Object.fromEntries(others.map((field) => [field, text])));
}

export const exportsRoutes = ({
  trail,
  chains,
  ...numbers
}: ShortNumbers & {
  readonly trail: TrailRepository;
  readonly chains: ChainRepository;
}): Implementation[] => [
  implement(exportStatistics, async ({ scope, query, http }) => {
    requireFields(query);
    const { report, format, cursor } = query;
    const { _id: generation } = await numbers.generations.serving(scope);
    const zone = query.tz ?? (await numbers.counters.zoneOf(scope, generation));
    const fileName = `statistics-${report}-${dayOf(zone, http.now)}.${format}`;
    const write = (table: Table) =>
      writeStream(http.raw.response, { contentType: typeOf[format], fileName }, linesOf(table, format));
    if (report === 'events') {
      const filter = await filterOf(numbers, scope, query);
      return write(tables.trailTable(await exportTrail(trail, scope, filter, cursor)));
    }
    if (report === 'leaderboards') {
      const { metric = 'earned', window, period } = query;
      return exportBoard(numbers, scope, { metric, window, period, cursor, now: http.now }, (pages) =>
        write(tables.boardTable(pages)),
      );
    }
    if (report === 'audit_anchors') return write(tables.anchorsTable(exportAnchors(chains, scope)));
    return write(await shortReports[report](numbers, scope, query, http.now));
  }),
];

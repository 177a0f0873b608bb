/** Who did what: every event of the tenant, and what led to it. */
import { Page } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { useListState } from '../ui/list-state.ts';
import type { Filter } from '../ui/list-of.tsx';
import { Trail } from '../ui/trail.tsx';

const FILTERS: readonly Filter[] = [
  { name: 'type', label: { zh: '事件，如 points.*', en: 'Event, such as points.*' } },
  { name: 'member_id', label: { zh: '成员', en: 'Member' }, kind: 'member' },
  { name: 'actor', label: { zh: '操作者', en: 'By whom' }, kind: 'actor' },
  { name: 'date_from', label: { zh: '从', en: 'From' }, kind: 'day' },
  { name: 'date_to', label: { zh: '到', en: 'To' }, kind: 'day' },
];

export function AuditTrail() {
  const { search } = useListState();
  const narrowed = Object.fromEntries(
    FILTERS.flatMap(({ name }) => (search[name] ? [[name, search[name]]] : [])),
  );
  return (
    <Page
      title={{ zh: '审计记录', en: 'Audit trail' }}
      acts={(['csv', 'ndjson'] as const).map((format) => (
        <ReportFile
          key={format}
          path="/api/v1/stats/export/"
          query={{ ...narrowed, report: 'events', format }}
          name="audit-trail"
          label={{ zh: `导出 ${format.toUpperCase()}`, en: `Export ${format.toUpperCase()}` }}
        />
      ))}
    >
      <Trail filters={FILTERS} />
    </Page>
  );
}

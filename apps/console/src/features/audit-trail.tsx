/** Who did what: every event of the tenant, and what led to it. */
import { Page } from '../ui/page.tsx';
import { Trail } from '../ui/trail.tsx';

export function AuditTrail() {
  return (
    <Page title={{ zh: '审计记录', en: 'Audit trail' }}>
      <Trail
        filters={[
          { name: 'type', label: { zh: '事件，如 points.*', en: 'Event, such as points.*' } },
          { name: 'member_id', label: { zh: '成员编号', en: 'Member id' }, kind: 'number' },
          { name: 'actor', label: { zh: '操作者，如 user:12', en: 'By whom, such as user:12' } },
          { name: 'date_from', label: { zh: '从', en: 'From' }, kind: 'day' },
          { name: 'date_to', label: { zh: '到', en: 'To' }, kind: 'day' },
        ]}
      />
    </Page>
  );
}

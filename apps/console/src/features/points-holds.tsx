/** Points that are set aside, of all members: what is under way, and what became of it. */
import { HOLD_COLUMNS, HOLD_STATE } from '../ui/holds.tsx';
import { MemberLink } from '../ui/links.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';

export function PointsHolds() {
  return (
    <Page title={{ zh: '冻结', en: 'Holds' }}>
      <ListOf
        path="/api/v1/points/holds/"
        label={{ zh: '冻结', en: 'Holds' }}
        rowKey={({ id }) => id}
        filters={[HOLD_STATE, { name: 'member', label: { zh: '成员', en: 'Member' }, kind: 'member' }]}
        columns={[
          { title: { zh: '成员', en: 'Member' }, show: ({ member }) => <MemberLink id={member} /> },
          ...HOLD_COLUMNS,
        ]}
      />
    </Page>
  );
}

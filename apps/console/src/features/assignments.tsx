/** Who uses which licence, on which devices, and until when. */
import { AssignLicence, ASSIGNMENT_COLUMNS, assignmentDetails } from '../ui/assignments.tsx';
import { ToPage } from '../ui/links.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { choices } from '../ui/words.ts';

export function Assignments() {
  return (
    <Page
      title={{ zh: '许可证分配', en: 'Assignments' }}
      acts={
        <>
          <ToPage path="licences/many" label={{ zh: '批量分配', en: 'Assign to many' }} />
          <AssignLicence />
        </>
      }
    >
      <ListOf
        path="/api/v1/license-assignments/"
        label={{ zh: '许可证分配', en: 'Assignments' }}
        rowKey={({ id }) => id}
        columns={ASSIGNMENT_COLUMNS}
        expanded={assignmentDetails}
        filters={[
          { name: 'member_id', label: { zh: '成员', en: 'Member' }, kind: 'member' },
          { name: 'license_id', label: { zh: '许可证', en: 'Licence' }, kind: 'licence' },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('assigned', 'active', 'suspended', 'revoked', 'expired'),
          },
          { name: 'expires_before', label: { zh: '到期早于', en: 'Ends before' }, kind: 'day' },
        ]}
      />
    </Page>
  );
}

/** Who uses which licence, on which devices, and until when. */
import { ASSIGNMENT_COLUMNS, assignmentDetails } from '../ui/assignments.tsx';
import { Act } from '../ui/act.tsx';
import { useLicenceChoices } from '../ui/choices.ts';
import { ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { choices } from '../ui/words.ts';

export function Assignments() {
  const licences = useLicenceChoices();
  return (
    <Page
      title={{ zh: '许可证分配', en: 'Assignments' }}
      acts={
        <Act
          method="post"
          path="/api/v1/license-assignments/"
          label={{ zh: '分配许可证', en: 'Assign a licence' }}
          isMain
          fields={[
            { name: 'member_id', label: { zh: '成员', en: 'Member' }, kind: 'member', isRequired: true },
            {
              name: 'license_id',
              label: { zh: '许可证', en: 'Licence' },
              kind: 'choice',
              choices: licences,
              isRequired: true,
            },
            {
              name: 'expires_days',
              label: { zh: '天数', en: 'Days' },
              kind: 'whole',
              min: 1,
              help: { zh: '留空则与许可证一致', en: 'Empty: as the licence' },
            },
            { name: 'assignment_reason', label: { zh: '原因', en: 'Reason' }, kind: 'long' },
          ]}
        />
      }
    >
      <ListOf
        path="/api/v1/license-assignments/"
        label={{ zh: '许可证分配', en: 'Assignments' }}
        rowKey={({ id }) => id}
        columns={ASSIGNMENT_COLUMNS}
        expanded={assignmentDetails}
        filters={[
          { name: 'member_id', label: { zh: '成员编号', en: 'Member id' }, kind: 'number' },
          { name: 'license_id', label: { zh: '许可证编号', en: 'Licence id' }, kind: 'number' },
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

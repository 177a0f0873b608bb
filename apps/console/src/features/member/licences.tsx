/** The licences that a member was given. */
import { Flex } from 'antd';
import { AssignLicence, ASSIGNMENT_COLUMNS, assignmentDetails } from '../../ui/assignments.tsx';
import { ListOf } from '../../ui/list-of.tsx';

export function LicencesTab({ id }: { id: number }) {
  return (
    <Flex vertical gap={12}>
      <Flex>
        <AssignLicence member={id} />
      </Flex>
      <ListOf
        path="/api/v1/license-assignments/"
        label={{ zh: '许可证分配', en: 'Assignments' }}
        rowKey={({ id: assignment }) => assignment}
        query={{ member_id: id }}
        columns={ASSIGNMENT_COLUMNS.slice(1)}
        expanded={assignmentDetails}
      />
    </Flex>
  );
}

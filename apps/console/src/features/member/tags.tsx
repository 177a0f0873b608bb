/** The tags that a member holds. */
import { Flex } from 'antd';
import { GrantTag, HOLDING_COLUMNS } from '../../ui/holdings.tsx';
import { ListOf } from '../../ui/list-of.tsx';

export function TagsTab({ id }: { id: number }) {
  return (
    <Flex vertical gap={12}>
      <Flex>
        <GrantTag member={id} />
      </Flex>
      <ListOf
        path="/api/v1/vip/user-tags/"
        label={{ zh: '用户标签', en: 'Tags' }}
        rowKey={({ id: tag }) => tag}
        query={{ member: id }}
        columns={HOLDING_COLUMNS.slice(1)}
      />
    </Flex>
  );
}

/** A tag for many members at once. */
import { useWrite } from '../api/use-api.ts';
import { useTagChoices } from '../ui/choices.ts';
import { REASON } from '../ui/fields.ts';
import { DAYS } from '../ui/holdings.tsx';
import { ManyPage } from '../ui/many/many-page.tsx';
import { Moment } from '../ui/values.tsx';

const COLUMNS = [
  { name: 'member', label: { zh: '成员编号或用户名', en: 'Member id or username' }, isRequired: true },
] as const;

export function VipMany() {
  const tags = useTagChoices();
  const batch = useWrite('post', '/api/v1/vip/user-tags/batch-grant/');
  return (
    <ManyPage
      title={{ zh: '批量授予标签', en: 'A tag for many' }}
      says={{
        zh: '已持有该标签的成员得到续期。一行失败不影响其余各行。',
        en: 'Who has the tag already gets it renewed. A row that fails undoes no other.',
      }}
      columns={COLUMNS}
      example={'john_doe\n1002'}
      ofMembers
      fields={[
        { name: 'tag_id', label: { zh: '标签', en: 'Tag' }, kind: 'choice', choices: tags, isRequired: true },
        DAYS,
        REASON,
      ]}
      size={200}
      most={10_000}
      send={async (rows, values, key) => {
        const { tag_id, duration_days, reason } = values;
        const { results } = await batch.mutateAsync({
          body: {
            member_ids: rows.flatMap(({ member }) => (member ? [member.id] : [])),
            tag_id: Number(tag_id),
            ...(typeof duration_days === 'number' ? { duration_days } : {}),
            ...(typeof reason === 'string' && reason ? { reason } : {}),
          },
          key,
        });
        return results.map(({ status, expires_at, error }) =>
          status === 'success'
            ? { isDone: true, says: <Moment at={expires_at} /> }
            : { isDone: false, says: error?.message ?? status, why: error?.message ?? status },
        );
      }}
    />
  );
}

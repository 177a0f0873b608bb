/** Points set aside for something under way: held, then captured or released. */
import { Flex } from 'antd';
import { useAsk } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { useCategoryChoices } from '../../ui/choices.ts';
import { REASON } from '../../ui/fields.ts';
import { counted } from '../../ui/format.ts';
import { HOLD_COLUMNS, HOLD_STATE } from '../../ui/holds.tsx';
import { ListOf } from '../../ui/list-of.tsx';

export function HoldsTab({ id }: { id: number }) {
  const say = useSay();
  const categories = useCategoryChoices('spending');
  const profile = useAsk('/api/v1/points/profiles/{id}/', { params: { path: { id } } });
  return (
    <Flex vertical gap={12}>
      <Flex>
        {profile.data && (
          <Act
            method="post"
            path="/api/v1/points/profiles/{id}/holds/"
            params={{ id }}
            label={{ zh: '冻结积分', en: 'Hold points' }}
            isMain
            cannot={
              !profile.data.is_points_enabled && {
                zh: '该成员未启用积分',
                en: 'Points are not enabled for this member',
              }
            }
            says={say({
              zh: `现有可用积分 ${profile.data.available_points}。冻结后可用积分减少，总积分不变。`,
              en: `${counted(profile.data.available_points, 'point is', 'points are')} available now. What is held stays in the total, but cannot be spent.`,
            })}
            fields={[
              {
                name: 'points_amount',
                label: { zh: '积分数', en: 'Points' },
                kind: 'whole',
                min: 1,
                max: profile.data.available_points,
                isRequired: true,
              },
              {
                name: 'category',
                label: { zh: '用途', en: 'What for' },
                kind: 'choice',
                choices: categories,
                isRequired: true,
              },
              {
                name: 'expires_at',
                label: { zh: '自动结束', en: 'Ends by itself' },
                kind: 'instant',
                help: { zh: '留空则按积分设置的冻结时长', en: 'Empty: as long as the points settings say' },
              },
              REASON,
            ]}
          />
        )}
      </Flex>
      <ListOf
        path="/api/v1/points/profiles/{id}/holds/"
        label={{ zh: '冻结', en: 'Holds' }}
        params={{ id }}
        rowKey={({ id: hold }) => hold}
        filters={[HOLD_STATE]}
        columns={HOLD_COLUMNS}
      />
    </Flex>
  );
}

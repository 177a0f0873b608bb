/** Points set aside for something under way: held, then captured or released. */
import { Flex } from 'antd';
import type { Hold } from '@membership/client';
import { useAsk } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { useCategoryChoices } from '../../ui/choices.ts';
import { REASON } from '../../ui/fields.ts';
import { ACTIONS, ListOf } from '../../ui/list-of.tsx';
import { Category, Moment, Num, orNothing, State } from '../../ui/values.tsx';
import { choices } from '../../ui/words.ts';

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
              en: `${profile.data.available_points} points are available now. What is held stays in the total, but cannot be spent.`,
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
        filters={[
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('held', 'captured', 'released', 'expired'),
          },
        ]}
        columns={[
          { title: { zh: '编号', en: 'Id' }, show: ({ id: hold }) => `#${hold}` },
          {
            title: { zh: '积分', en: 'Points' },
            isNumber: true,
            show: ({ points_amount }) => <Num value={points_amount} />,
          },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '扣除', en: 'Captured' },
            isNumber: true,
            show: ({ captured_points }) => <Num value={captured_points} />,
          },
          {
            title: { zh: '释放', en: 'Released' },
            isNumber: true,
            show: ({ released_points }) => <Num value={released_points} />,
          },
          { title: { zh: '类别', en: 'Category' }, show: ({ category }) => <Category name={category} /> },
          { title: { zh: '原因', en: 'Reason' }, show: ({ reason }) => orNothing(reason) },
          {
            title: { zh: '开始', en: 'Began' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          {
            title: { zh: '自动结束', en: 'Ends by itself' },
            show: ({ expires_at }) => <Moment at={expires_at} />,
          },
          { title: ACTIONS, show: (hold) => <HoldActs hold={hold} /> },
        ]}
      />
    </Flex>
  );
}

function HoldActs({ hold: { id, status, points_amount } }: { hold: Hold }) {
  const say = useSay();
  const cannot = status !== 'held' && { zh: '已经结束', en: 'It is over already' };
  return (
    <>
      <Act
        method="post"
        path="/api/v1/points/holds/{id}/capture/"
        params={{ id }}
        label={{ zh: '扣除', en: 'Capture' }}
        isSmall
        cannot={cannot}
        says={say({
          zh: `冻结的 ${points_amount} 积分将被消费；如填写较少的数量，其余释放。`,
          en: `The ${points_amount} held points are spent. Write less, and the rest is given back.`,
        })}
        fields={[
          {
            name: 'points_amount',
            label: { zh: '积分数', en: 'Points' },
            kind: 'whole',
            min: 1,
            max: points_amount,
            help: { zh: '留空则全部', en: 'Empty: all of them' },
          },
        ]}
      />
      <Act
        method="post"
        path="/api/v1/points/holds/{id}/release/"
        params={{ id }}
        label={{ zh: '释放', en: 'Release' }}
        isSmall
        cannot={cannot}
        says={say({
          zh: `冻结的 ${points_amount} 积分恢复可用；期间已到期的部分随即过期。`,
          en: `The ${points_amount} held points can be spent again; what ended meanwhile expires at once.`,
        })}
      />
    </>
  );
}

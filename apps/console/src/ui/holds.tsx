/** Points that are set aside, and what can be done with them: as the list of all, and as a member's own. */
import type { Hold } from '@membership/client';
import { useSay } from '../preferences.ts';
import { Act } from './act.tsx';
import { counted } from './format.ts';
import { ACTIONS, type Column, type Filter } from './list-of.tsx';
import { Category, Moment, Num, orNothing, State } from './values.tsx';
import { choices } from './words.ts';

export const HOLD_STATE: Filter = {
  name: 'status',
  label: { zh: '状态', en: 'State' },
  choices: choices('held', 'captured', 'released', 'expired'),
};
export const HOLD_COLUMNS: readonly Column<Hold>[] = [
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
];

function HoldActs({ hold: { id, status, points_amount, expires_at } }: { hold: Hold }) {
  const say = useSay();
  const cannot =
    status !== 'held'
      ? { zh: '已经结束', en: 'It is over already' }
      : expires_at === null && {
          zh: '属于标签购买，由其结算',
          en: 'It belongs to a purchase, which settles it',
        };
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
          en: `${counted(points_amount, 'held point is', 'held points are')} spent. Write less, and the rest is given back.`,
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
          en: `${counted(points_amount, 'held point')} can be spent again; what ended meanwhile expires at once.`,
        })}
      />
    </>
  );
}

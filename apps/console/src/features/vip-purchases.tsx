/** Purchases of tags: granted and paid, or neither, and why. */
import { ListOf } from '../ui/list-of.tsx';
import { MemberLink } from '../ui/links.tsx';
import { Page } from '../ui/page.tsx';
import { Moment, Money, Num, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

export function VipPurchases() {
  return (
    <Page title={{ zh: '标签购买', en: 'Purchases' }}>
      <ListOf
        path="/api/v1/vip/purchases/"
        label={{ zh: '标签购买', en: 'Purchases' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'member', label: { zh: '成员', en: 'Member' }, kind: 'member' },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('requested', 'completed', 'failed'),
          },
        ]}
        columns={[
          { title: { zh: '成员', en: 'Member' }, show: ({ member_id }) => <MemberLink id={member_id} /> },
          { title: { zh: '标签', en: 'Tag' }, show: ({ tag_name }) => tag_name },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '天数', en: 'Days' },
            isNumber: true,
            show: ({ duration_days }) => <Num value={duration_days} />,
          },
          {
            title: { zh: '价格', en: 'Price' },
            isNumber: true,
            show: ({ price, currency }) => <Money value={price} currency={currency} />,
          },
          {
            title: { zh: '积分', en: 'Points' },
            isNumber: true,
            show: ({ price_points }) => <Num value={price_points} />,
          },
          { title: { zh: '来源', en: 'By' }, show: ({ origin }) => <State name={origin} /> },
          {
            title: { zh: '时间', en: 'Asked' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          { title: { zh: '完成', en: 'Settled' }, show: ({ settled_at }) => <Moment at={settled_at} /> },
          { title: { zh: '原因', en: 'Reason' }, show: ({ reason }) => orNothing(reason) },
        ]}
      />
    </Page>
  );
}

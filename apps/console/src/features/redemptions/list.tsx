/** Redemptions as a table: narrowed by the address, and as a file. */
import { Export } from '../../ui/export.tsx';
import { ACTIONS, ListOf } from '../../ui/list-of.tsx';
import { MemberLink } from '../../ui/links.tsx';
import { Code, Moment, Num, State } from '../../ui/values.tsx';
import { choices } from '../../ui/words.ts';
import { REDEMPTIONS, RedemptionAct, STATES, STEP_NAMES } from './acts.tsx';
import { redemptionDetails } from './details.tsx';

const HEAD = [
  'redemption_id',
  'user_id',
  'redemption_item_id',
  'item_name',
  'quantity',
  'points_cost',
  'status',
  'tracking_code',
  'reason',
  'created_at',
  'updated_at',
] as const;

export function RedemptionList() {
  return (
    <ListOf
      path={REDEMPTIONS}
      label={{ zh: '兑换', en: 'Redemptions' }}
      sizeIs="limit"
      rowKey={({ redemption_id }) => redemption_id}
      filters={[
        { name: 'status', label: { zh: '状态', en: 'State' }, choices: choices(...STATES) },
        { name: 'user_id', label: { zh: '成员', en: 'Member' }, kind: 'member' },
      ]}
      above={(query) => (
        <div>
          <Export
            path={REDEMPTIONS}
            query={query}
            sizeIs="limit"
            name="redemptions"
            head={HEAD}
            row={(redemption) => HEAD.map((name) => redemption[name])}
          />
        </div>
      )}
      columns={[
        { title: { zh: '编号', en: 'Id' }, show: ({ redemption_id }) => <Code text={redemption_id} /> },
        { title: { zh: '成员', en: 'Member' }, show: ({ user_id }) => <MemberLink id={user_id} /> },
        {
          title: { zh: '商品', en: 'Item' },
          show: ({ item_name, quantity }) => `${item_name} × ${quantity}`,
        },
        {
          title: { zh: '积分', en: 'Points' },
          isNumber: true,
          show: ({ points_cost }) => <Num value={points_cost} />,
        },
        { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
        { title: { zh: '时间', en: 'Asked' }, show: ({ created_at }) => <Moment at={created_at} /> },
        {
          title: ACTIONS,
          show: (redemption) =>
            STEP_NAMES.map((step) => <RedemptionAct key={step} step={step} of={redemption} />),
        },
      ]}
      expanded={redemptionDetails}
    />
  );
}

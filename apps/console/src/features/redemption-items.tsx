/** What points are given for, and how much of it is left. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Num, State, YesNo } from '../ui/values.tsx';

type Name =
  | 'item_name'
  | 'description'
  | 'points_cost'
  | 'stock'
  | 'per_member_limit'
  | 'needs_delivery'
  | 'delivery_days'
  | 'is_active';
const FIELDS: readonly Field<Name>[] = [
  { name: 'item_name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  {
    name: 'points_cost',
    label: { zh: '所需积分', en: 'Points it costs' },
    kind: 'whole',
    min: 1,
    isRequired: true,
  },
  { name: 'stock', label: { zh: '库存', en: 'Stock' }, kind: 'whole', min: 0, isRequired: true },
  { name: 'per_member_limit', label: { zh: '每人上限', en: 'Limit of one member' }, kind: 'whole', min: 1 },
  { name: 'needs_delivery', label: { zh: '需要配送', en: 'Is delivered' }, kind: 'switch' },
  { name: 'delivery_days', label: { zh: '配送天数', en: 'Days to deliver' }, kind: 'whole', min: 0 },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];

export function RedemptionItems() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '兑换商品', en: 'Redemption items' }}
      acts={
        <Act
          method="post"
          path="/api/v1/member-system/admin/redemption-items/"
          label={{ zh: '新建商品', en: 'New item' }}
          isMain
          initial={{ is_active: true, needs_delivery: true }}
          fields={[
            { name: 'redemption_item_id', label: { zh: '编号', en: 'Code' }, isRequired: true },
            ...FIELDS,
          ]}
        />
      }
    >
      <ListOf
        path="/api/v1/member-system/admin/redemption-items/"
        label={{ zh: '兑换商品', en: 'Redemption items' }}
        sizeIs="limit"
        rowKey={({ redemption_item_id }) => redemption_item_id}
        columns={[
          { title: { zh: '编号', en: 'Code' }, show: ({ redemption_item_id }) => redemption_item_id },
          { title: { zh: '名称', en: 'Name' }, show: ({ item_name }) => item_name },
          {
            title: { zh: '所需积分', en: 'Points' },
            isNumber: true,
            show: ({ points_cost }) => <Num value={points_cost} />,
          },
          { title: { zh: '库存', en: 'Stock' }, isNumber: true, show: ({ stock }) => <Num value={stock} /> },
          {
            title: { zh: '每人上限', en: 'Limit' },
            isNumber: true,
            show: ({ per_member_limit }) => <Num value={per_member_limit} />,
          },
          {
            title: { zh: '配送', en: 'Delivered' },
            show: ({ needs_delivery }) => <YesNo value={needs_delivery} />,
          },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: ({ redemption_item_id: item_id, ...item }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/member-system/admin/redemption-items/{item_id}/"
                  params={{ item_id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={item}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/member-system/admin/redemption-items/{item_id}/"
                  params={{ item_id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '不能再兑换；已有的兑换保留。有未完成兑换的商品不能删除，请改为停用。',
                    en: 'It can be redeemed no more; its redemptions stay. One with open redemptions cannot be removed: switch it off instead.',
                  })}
                  isSmall
                  isDanger
                  typed={item_id}
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}

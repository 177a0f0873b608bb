/** Tag definitions: what a privilege is, what it costs, how long it lasts. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Money, Num, State, YesNo } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const TYPES = choices('vip', 'privilege', 'temporary', 'system');
type Name =
  | 'tag_name'
  | 'tag_code'
  | 'tag_type'
  | 'tag_level'
  | 'tag_description'
  | 'price_config'
  | 'permission_modifiers'
  | 'quota_modifiers'
  | 'default_duration_days'
  | 'max_duration_days'
  | 'is_active'
  | 'is_assignable'
  | 'requires_payment';
/** What a row has no room for. */
const IN_DETAIL: readonly Name[] = [
  'tag_description',
  'price_config',
  'permission_modifiers',
  'quota_modifiers',
  'max_duration_days',
];
const FIELDS: readonly Field<Name>[] = [
  { name: 'tag_name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'tag_code', label: { zh: '代码', en: 'Code' }, isRequired: true },
  { name: 'tag_type', label: { zh: '类型', en: 'Kind' }, kind: 'choice', choices: TYPES },
  { name: 'tag_level', label: { zh: '级别', en: 'Level' }, kind: 'whole', min: 0 },
  { name: 'tag_description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  {
    name: 'price_config',
    label: { zh: '价格', en: 'Price' },
    kind: 'group',
    isOptional: true,
    help: { zh: '免费标签全部留空', en: 'Leave all of it empty for a tag that is free' },
    fields: [
      { name: 'monthly_price', label: { zh: '月价', en: 'A month' }, kind: 'number', min: 0 },
      { name: 'yearly_price', label: { zh: '年价', en: 'A year' }, kind: 'number', min: 0 },
      {
        name: 'currency',
        label: { zh: '货币', en: 'Currency' },
        help: { zh: '三位大写代码，默认 CNY', en: 'Three capitals; CNY where it is empty' },
      },
    ],
  },
  {
    name: 'permission_modifiers',
    label: { zh: '权限加成', en: 'Permissions it adds' },
    kind: 'pairs',
    of: ['switch', 'number'],
    choices: [{ value: 'discount_rate_bonus', label: 'discount_rate_bonus' }],
    help: {
      zh: 'discount_rate_bonus 为 0 到 1 的数字；其余为是/否',
      en: 'discount_rate_bonus is a number from 0 to 1; all others are yes or no',
    },
  },
  {
    name: 'quota_modifiers',
    label: { zh: '配额倍数', en: 'Quotas it multiplies' },
    kind: 'pairs',
    of: ['number'],
    help: { zh: '如 download_multiplier：2', en: 'Such as download_multiplier: 2' },
  },
  { name: 'default_duration_days', label: { zh: '默认天数', en: 'Days by default' }, kind: 'whole', min: 1 },
  { name: 'max_duration_days', label: { zh: '最长天数', en: 'Days at most' }, kind: 'whole', min: 1 },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
  { name: 'is_assignable', label: { zh: '可授予', en: 'Can be granted' }, kind: 'switch' },
  { name: 'requires_payment', label: { zh: '需要付费', en: 'Has to be paid' }, kind: 'switch' },
];

export function VipTags() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '标签定义', en: 'Tag definitions' }}
      acts={
        <Act
          method="post"
          path="/api/v1/vip/tags/"
          label={{ zh: '新建标签', en: 'New tag' }}
          isMain
          initial={{ tag_type: 'vip', is_active: true, is_assignable: true }}
          fields={FIELDS}
        />
      }
    >
      <ListOf
        path="/api/v1/vip/tags/"
        label={{ zh: '标签定义', en: 'Tag definitions' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '名称、代码', en: 'Name, code' } },
          { name: 'tag_type', label: { zh: '类型', en: 'Kind' }, choices: TYPES },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          { title: { zh: '名称', en: 'Name' }, show: ({ tag_icon, tag_name }) => `${tag_icon} ${tag_name}` },
          { title: { zh: '代码', en: 'Code' }, show: ({ tag_code }) => tag_code },
          { title: { zh: '类型', en: 'Kind' }, show: ({ tag_type }) => <State name={tag_type} /> },
          {
            title: { zh: '级别', en: 'Level' },
            isNumber: true,
            sort: 'tag_level',
            show: ({ tag_level }) => tag_level,
          },
          {
            title: { zh: '月价', en: 'A month' },
            isNumber: true,
            show: ({ price_config }) => (
              <Money
                value={price_config?.monthly_price}
                {...(price_config ? { currency: price_config.currency } : {})}
              />
            ),
          },
          {
            title: { zh: '默认天数', en: 'Days' },
            isNumber: true,
            show: ({ default_duration_days }) => <Num value={default_duration_days} />,
          },
          {
            title: { zh: '付费', en: 'Paid' },
            show: ({ requires_payment }) => <YesNo value={requires_payment} />,
          },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: (tag) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/vip/tags/{id}/"
                  params={{ id: tag.id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={tag}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/vip/tags/{id}/"
                  params={{ id: tag.id }}
                  label={{ zh: '停用', en: 'Retire' }}
                  says={say({
                    zh: '不能再授予或续期，并从列表中消失；已持有的成员保留到到期。其代码可以再次使用。',
                    en: 'It can no longer be granted or renewed and leaves the lists; who holds it keeps it to its end. Its code is free again.',
                  })}
                  isSmall
                  isDanger
                  typed={tag.tag_code}
                />
              </>
            ),
          },
        ]}
        expanded={(tag) => (
          <FieldFacts fields={FIELDS.filter(({ name }) => IN_DETAIL.includes(name))} values={tag} />
        )}
      />
    </Page>
  );
}

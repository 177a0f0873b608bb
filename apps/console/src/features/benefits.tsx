/** What a member level may use. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import type { Field } from '../ui/fields.ts';
import { useMemberLevelChoices } from '../ui/choices.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Num, orNothing, State } from '../ui/values.tsx';

type Name =
  | 'benefit_name'
  | 'value'
  | 'description'
  | 'required_level'
  | 'usage_limit'
  | 'limit_period'
  | 'is_active';
const TYPES = [
  { value: 'DISCOUNT', label: { zh: '折扣', en: 'Discount' } },
  { value: 'FREE_SHIPPING', label: { zh: '免运费', en: 'Free shipping' } },
  { value: 'BIRTHDAY_GIFT', label: { zh: '生日礼品', en: 'Birthday gift' } },
  { value: 'GIFT', label: { zh: '礼品', en: 'Gift' } },
  { value: 'SERVICE', label: { zh: '服务', en: 'Service' } },
] as const;
const PERIODS = [
  { value: 'month', label: { zh: '月', en: 'Month' } },
  { value: 'year', label: { zh: '年', en: 'Year' } },
] as const;

export function Benefits() {
  const say = useSay();
  const levels = useMemberLevelChoices();
  const fields: readonly Field<Name>[] = [
    { name: 'benefit_name', label: { zh: '名称', en: 'Name' }, isRequired: true },
    {
      name: 'value',
      label: { zh: '数值', en: 'Value' },
      kind: 'number',
      min: 0,
      help: { zh: '折扣：实付比例，如 0.9', en: 'Of a discount: the part that is paid, such as 0.9' },
    },
    { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
    {
      name: 'required_level',
      label: { zh: '所需会员等级', en: 'From member level' },
      kind: 'choice',
      choices: levels,
    },
    { name: 'usage_limit', label: { zh: '使用次数', en: 'Times' }, kind: 'whole', min: 1 },
    {
      name: 'limit_period',
      label: { zh: '周期', en: 'Period' },
      kind: 'choice',
      choices: PERIODS,
    },
    { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
  ];
  const nameOf = (choices: typeof TYPES | typeof PERIODS, name: string) => {
    const label = choices.find(({ value }) => value === name)?.label;
    return label ? say(label) : name;
  };
  return (
    <Page
      title={{ zh: '会员权益', en: 'Benefits' }}
      acts={
        <Act
          method="post"
          path="/api/v1/member-system/admin/benefits/"
          label={{ zh: '新建权益', en: 'New benefit' }}
          isMain
          initial={{ is_active: true }}
          fields={[
            { name: 'benefit_id', label: { zh: '编号', en: 'Code' }, isRequired: true },
            {
              name: 'benefit_type',
              label: { zh: '类型', en: 'Kind' },
              kind: 'choice',
              choices: TYPES,
              isRequired: true,
            },
            ...fields,
          ]}
        />
      }
    >
      <ListOf
        path="/api/v1/member-system/admin/benefits/"
        label={{ zh: '会员权益', en: 'Benefits' }}
        sizeIs="limit"
        rowKey={({ benefit_id }) => benefit_id}
        columns={[
          { title: { zh: '编号', en: 'Code' }, show: ({ benefit_id }) => benefit_id },
          { title: { zh: '名称', en: 'Name' }, show: ({ benefit_name }) => benefit_name },
          { title: { zh: '类型', en: 'Kind' }, show: ({ benefit_type }) => nameOf(TYPES, benefit_type) },
          { title: { zh: '数值', en: 'Value' }, isNumber: true, show: ({ value }) => <Num value={value} /> },
          {
            title: { zh: '所需会员等级', en: 'From level' },
            show: ({ required_level }) =>
              orNothing(levels.find(({ value }) => value === required_level)?.label),
          },
          {
            title: { zh: '使用次数', en: 'Times' },
            show: ({ usage_limit, limit_period }) =>
              limit_period === null
                ? orNothing(usage_limit)
                : `${usage_limit ?? '–'} / ${nameOf(PERIODS, limit_period)}`,
          },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: ({ benefit_id, ...benefit }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/member-system/admin/benefits/{benefit_id}/"
                  params={{ benefit_id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={benefit}
                  fields={fields}
                />
                <Act
                  method="delete"
                  path="/api/v1/member-system/admin/benefits/{benefit_id}/"
                  params={{ benefit_id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '成员不再拥有此权益；使用记录保留。',
                    en: 'Members have the benefit no more; its uses stay on record.',
                  })}
                  isSmall
                  isDanger
                  typed={benefit_id}
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}

/** The ladder by money spent. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Money } from '../ui/values.tsx';

type Name =
  | 'level_name'
  | 'level_code'
  | 'required_spent'
  | 'discount_rate'
  | 'point_multiplier'
  | 'benefits';
const FIELDS: readonly Field<Name>[] = [
  { name: 'level_name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'level_code', label: { zh: '代码', en: 'Code' }, isRequired: true },
  {
    name: 'required_spent',
    label: { zh: '所需累计消费', en: 'Money that has to be spent' },
    kind: 'number',
    min: 0,
    isRequired: true,
  },
  {
    name: 'discount_rate',
    label: { zh: '实付比例', en: 'Part that is paid' },
    kind: 'number',
    min: 0.01,
    max: 1,
    help: { zh: '0.9 即打 9 折，1 为不打折', en: '0.9 takes 10 % off, 1 nothing' },
  },
  { name: 'point_multiplier', label: { zh: '积分倍数', en: 'Multiplier of points' }, kind: 'number', min: 0 },
  {
    name: 'benefits',
    label: { zh: '权益', en: 'Benefits' },
    kind: 'group',
    fields: [
      { name: 'free_shipping', label: { zh: '免运费', en: 'Free shipping' }, kind: 'switch' },
      { name: 'birthday_gift', label: { zh: '生日礼物', en: 'Birthday gift' }, kind: 'switch' },
      { name: 'priority_service', label: { zh: '优先服务', en: 'Priority service' }, kind: 'switch' },
      { name: 'exclusive_events', label: { zh: '专属活动', en: 'Exclusive events' }, kind: 'switch' },
    ],
  },
];

/** There are two ladders. */
function About() {
  return (
    <p className="faint">
      {useSay()({
        zh: '按累计消费金额划分；按积分划分的是“用户等级”。',
        en: 'By money spent. The levels by points are the user levels.',
      })}
    </p>
  );
}

export function MemberLevels() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '会员等级', en: 'Member levels' }}
      about={<About />}
      acts={
        <Act
          method="post"
          path="/api/v1/member-system/admin/levels/"
          label={{ zh: '新建等级', en: 'New level' }}
          isMain
          fields={FIELDS}
        />
      }
    >
      <ListOf
        path="/api/v1/member-system/admin/levels/"
        label={{ zh: '会员等级', en: 'Member levels' }}
        sizeIs="limit"
        rowKey={({ level_id }) => level_id}
        columns={[
          { title: { zh: '名称', en: 'Name' }, show: ({ level_name }) => level_name },
          { title: { zh: '代码', en: 'Code' }, show: ({ level_code }) => level_code },
          {
            title: { zh: '所需累计消费', en: 'Spent' },
            isNumber: true,
            show: ({ required_spent }) => <Money value={required_spent} />,
          },
          {
            title: { zh: '实付比例', en: 'Part paid' },
            isNumber: true,
            show: ({ discount_rate }) => `${Math.round(discount_rate * 10_000) / 100} %`,
          },
          {
            title: { zh: '积分倍数', en: 'Multiplier' },
            isNumber: true,
            show: ({ point_multiplier }) => point_multiplier,
          },
          {
            title: ACTIONS,
            show: ({ level_id: id, ...level }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/member-system/admin/levels/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={level}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/member-system/admin/levels/{id}/"
                  params={{ id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '等级将被删除；起始等级和仍有成员的等级不能删除。',
                    en: 'The level is gone then; the first one, and one that members have, cannot be removed.',
                  })}
                  isSmall
                  isDanger
                  typed={level.level_code}
                />
              </>
            ),
          },
        ]}
        expanded={(level) => (
          <FieldFacts fields={FIELDS.filter(({ name }) => name === 'benefits')} values={level} />
        )}
      />
    </Page>
  );
}

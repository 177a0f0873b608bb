/** The ladder by points: what each step asks for, and what it allows. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Num, State, YesNo } from '../ui/values.tsx';

type Name =
  | 'level_name'
  | 'level_code'
  | 'level_order'
  | 'min_points'
  | 'max_points'
  | 'permissions'
  | 'quota_config'
  | 'level_color'
  | 'level_icon'
  | 'level_description'
  | 'is_active'
  | 'is_default';
/** What a row has no room for. */
const IN_DETAIL: readonly Name[] = ['permissions', 'quota_config', 'level_description'];
const FIELDS: readonly Field<Name>[] = [
  { name: 'level_name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'level_code', label: { zh: '代码', en: 'Code' }, isRequired: true },
  { name: 'level_order', label: { zh: '次序', en: 'Order' }, kind: 'whole', isRequired: true },
  {
    name: 'min_points',
    label: { zh: '最低积分', en: 'From points' },
    kind: 'whole',
    min: 0,
    isRequired: true,
  },
  {
    name: 'max_points',
    label: { zh: '最高积分', en: 'To points' },
    kind: 'whole',
    min: 0,
    help: { zh: '最高等级留空', en: 'Empty for the highest' },
  },
  {
    name: 'permissions',
    label: { zh: '权限', en: 'Permissions' },
    kind: 'pairs',
    of: ['switch', 'number', 'text'],
    choices: [{ value: 'discount_rate', label: 'discount_rate' }],
    help: {
      zh: 'discount_rate 为优惠的比例，0 到 1（0.1 即减 10%）；其余名称由您决定，如 can_download',
      en: 'discount_rate is the part that is taken off, from 0 to 1; other names are yours, such as can_download',
    },
  },
  {
    name: 'quota_config',
    label: { zh: '配额', en: 'Quotas' },
    kind: 'pairs',
    of: ['number'],
    help: { zh: '如 max_projects：10', en: 'Such as max_projects: 10' },
  },
  { name: 'level_description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
  { name: 'is_default', label: { zh: '默认等级', en: 'Default level' }, kind: 'switch' },
];

/** There are two ladders. */
function About() {
  return (
    <p className="faint">
      {useSay()({
        zh: '按积分划分；按累计消费金额划分的是“会员等级”。',
        en: 'By points. The levels by money spent are the member levels.',
      })}
    </p>
  );
}

export function UserLevels() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '用户等级', en: 'User levels' }}
      about={<About />}
      acts={
        <Act
          method="post"
          path="/api/v1/points/user-levels/"
          label={{ zh: '新建等级', en: 'New level' }}
          isMain
          initial={{ is_active: true }}
          fields={FIELDS}
        />
      }
    >
      <ListOf
        path="/api/v1/points/user-levels/"
        label={{ zh: '用户等级', en: 'User levels' }}
        rowKey={({ id }) => id}
        columns={[
          {
            title: { zh: '次序', en: 'Order' },
            isNumber: true,
            sort: 'level_order',
            show: ({ level_order }) => level_order,
          },
          {
            title: { zh: '名称', en: 'Name' },
            show: ({ level_icon, level_name }) => `${level_icon} ${level_name}`,
          },
          { title: { zh: '代码', en: 'Code' }, show: ({ level_code }) => level_code },
          {
            title: { zh: '最低积分', en: 'From points' },
            isNumber: true,
            show: ({ min_points }) => <Num value={min_points} />,
          },
          {
            title: { zh: '最高积分', en: 'To points' },
            isNumber: true,
            show: ({ max_points }) => <Num value={max_points} />,
          },
          { title: { zh: '默认', en: 'Default' }, show: ({ is_default }) => <YesNo value={is_default} /> },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: (level) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/points/user-levels/{id}/"
                  params={{ id: level.id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={level}
                  fields={FIELDS}
                />
                <Act
                  method="delete"
                  path="/api/v1/points/user-levels/{id}/"
                  params={{ id: level.id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '等级将被删除；默认等级和仍有成员的等级不能删除。',
                    en: 'The level is gone then; the default one, and one that members have, cannot be removed.',
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
          <FieldFacts fields={FIELDS.filter(({ name }) => IN_DETAIL.includes(name))} values={level} />
        )}
      />
    </Page>
  );
}

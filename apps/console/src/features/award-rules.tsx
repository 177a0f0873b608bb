/** Award rules: which event gives how many points, tried before anybody is given any. */
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { useCategoryChoices } from '../ui/choices.ts';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ToPage } from '../ui/links.tsx';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import type { Choice } from '../ui/typed-value.ts';
import { Category, Moment, Num, orNothing, State, YesNo } from '../ui/values.tsx';

const EVENTS = [
  ['member.created.v1', '成员加入', 'A member is added'],
  ['member.logged_in.v1', '成员登录', 'A member logs in'],
  ['assignment.created.v1', '许可证分配', 'A licence is assigned'],
  ['assignment.activated.v1', '许可证激活', 'A licence is activated'],
  ['device.bound.v1', '设备绑定', 'A device is bound'],
  ['vip.granted.v1', '授予标签', 'A tag is granted'],
  ['vip.renewed.v1', '标签续期', 'A tag is renewed'],
  ['feedback.opened.v1', '提交反馈', 'Feedback is given'],
  ['MEMBER_REGISTERED', '商店：注册', 'Shop: registered'],
  ['MEMBER_LOGIN', '商店：登录', 'Shop: logged in'],
  ['REVIEW_POSTED', '商店：评价', 'Shop: a review'],
  ['REFERRAL_COMPLETED', '商店：推荐', 'Shop: a referral'],
] as const;
const events = EVENTS.map(([value, zh, en]) => ({
  value,
  label: { zh: `${zh}（${value}）`, en: `${en} (${value})` },
}));

const KINDS = { text: 'text', time: 'text', number: 'number', boolean: 'switch' } as const;
/** The fields of an event's data, by its type. */
function useEventFields(): (type: unknown) => readonly Choice[] {
  const { data } = useAsk('/api/v1/points/rule-events/', {});
  return (type) =>
    (data?.results ?? [])
      .filter(({ event_type }) => event_type === type)
      .flatMap(({ fields }) =>
        fields.map(({ name, title, type: is, values }) => ({
          value: name,
          label: title,
          kind: KINDS[is],
          ...(values ? { values } : {}),
        })),
      );
}

type Name =
  | 'name'
  | 'event_type'
  | 'points'
  | 'per_amount'
  | 'conditions'
  | 'caps'
  | 'category'
  | 'subcategory'
  | 'reason'
  | 'valid_from'
  | 'valid_to'
  | 'order'
  | 'is_active';
/** What a row has no room for. */
const IN_DETAIL: readonly Name[] = ['conditions', 'caps', 'subcategory', 'reason', 'order'];
const fieldsOf = (
  categories: ReturnType<typeof useCategoryChoices>,
  eventFields: ReturnType<typeof useEventFields>,
): readonly Field<Name>[] => [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  {
    name: 'event_type',
    label: { zh: '事件', en: 'Event' },
    kind: 'choice',
    choices: events,
    isRequired: true,
  },
  {
    name: 'points',
    label: { zh: '积分', en: 'Points' },
    kind: 'whole',
    min: 1,
    help: { zh: '或按金额给予（二者选一）', en: 'Or by amount, below: one of the two' },
  },
  {
    name: 'per_amount',
    label: { zh: '按金额', en: 'By amount' },
    kind: 'group',
    isOptional: true,
    help: {
      zh: '事件中的某个数值每满多少，给多少积分；不用则三项都留空',
      en: 'So many points for each so much of a number in the event. Leave all three empty for fixed points',
    },
    fields: [
      {
        name: 'field',
        label: { zh: '数值字段', en: 'The number’s field' },
        kind: 'suggested',
        narrowed: {
          by: 'event_type',
          to: (type) => eventFields(type).filter(({ kind }) => kind === 'number'),
        },
        help: {
          zh: '可从事件的字段中选择；商店附带的其他字段也可填写，如 amount',
          en: 'Offered are those of the event. What a shop tells beside them can be typed, such as amount',
        },
      },
      { name: 'points', label: { zh: '给予积分', en: 'Gives points' }, kind: 'whole', min: 1 },
      { name: 'amount', label: { zh: '每满', en: 'For each' }, kind: 'whole', min: 1 },
    ],
  },
  {
    name: 'conditions',
    label: { zh: '条件', en: 'Conditions' },
    kind: 'conditions',
    narrowed: { by: 'event_type', to: eventFields },
    help: { zh: '须全部成立；没有则总是给予', en: 'All of them have to hold; without any it always gives' },
  },
  {
    name: 'caps',
    label: { zh: '积分上限', en: 'Points at most' },
    kind: 'group',
    help: { zh: '留空则没有上限', en: 'Empty: no cap' },
    fields: [
      { name: 'per_day', label: { zh: '每人每天', en: 'Per member and day' }, kind: 'whole', min: 1 },
      { name: 'per_member', label: { zh: '每人累计', en: 'Per member, ever' }, kind: 'whole', min: 1 },
      { name: 'budget', label: { zh: '所有人累计', en: 'All members together' }, kind: 'whole', min: 1 },
    ],
  },
  {
    name: 'category',
    label: { zh: '类别', en: 'Category' },
    kind: 'choice',
    choices: categories,
    isRequired: true,
  },
  { name: 'subcategory', label: { zh: '子类别', en: 'Subcategory' } },
  { name: 'reason', label: { zh: '写入记录的原因', en: 'Reason in the record' } },
  {
    name: 'valid_from',
    label: { zh: '生效时间', en: 'Valid from' },
    kind: 'instant',
    help: { zh: '留空则立即生效', en: 'Empty: from now' },
  },
  {
    name: 'valid_to',
    label: { zh: '失效时间', en: 'Valid to' },
    kind: 'instant',
    help: { zh: '留空则长期有效', en: 'Empty: without an end' },
  },
  { name: 'order', label: { zh: '次序', en: 'Order' }, kind: 'whole' },
  { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
];

export function AwardRules() {
  const say = useSay();
  const eventFields = useEventFields();
  const fields = fieldsOf(useCategoryChoices('earning'), eventFields);
  return (
    <Page
      title={{ zh: '奖励规则', en: 'Award rules' }}
      acts={
        <>
          <ToPage
            path="statistics/trail"
            search={{ type: 'award_rule.*' }}
            label={{ zh: '历史', en: 'History' }}
          />
          <Act
            method="post"
            path="/api/v1/points/rules/dry-run/"
            label={{ zh: '试算', en: 'Dry run' }}
            isTrial
            says={say({
              zh: '查看一个事件会给予多少积分，不产生任何变动。',
              en: 'What an event would give; nothing is moved.',
            })}
            fields={[
              {
                name: 'event_type',
                label: { zh: '事件', en: 'Event' },
                kind: 'choice',
                choices: events,
                isRequired: true,
              },
              { name: 'member', label: { zh: '成员', en: 'Member' }, kind: 'member' },
              {
                name: 'data',
                label: { zh: '事件内容', en: 'Data of the event' },
                kind: 'pairs',
                of: ['text', 'number', 'switch', 'json'],
                narrowed: { by: 'event_type', to: eventFields },
              },
            ]}
            after={({ results, total_points }) => (
              <>
                <p>
                  <strong>
                    {say({ zh: '共', en: 'In all' })} <Num value={total_points} />
                  </strong>
                </p>
                <Rows
                  label={{ zh: '各规则的结果', en: 'What each rule gives' }}
                  rowKey="rule_id"
                  dataSource={results}
                  columns={[
                    {
                      title: say({ zh: '规则', en: 'Rule' }),
                      render: (_value, row) => `${row.rule_name} v${row.version}`,
                    },
                    {
                      title: say({ zh: '给予', en: 'Awards' }),
                      render: (_value, row) => <YesNo value={row.would_award} />,
                    },
                    {
                      title: say({ zh: '积分', en: 'Points' }),
                      align: 'right',
                      render: (_value, row) => <Num value={row.actual_points ?? row.points} />,
                    },
                    {
                      title: say({ zh: '原因', en: 'Why' }),
                      render: (_value, row) =>
                        row.reasons.map(({ message }) => message).join(say({ zh: '；', en: '; ' })),
                    },
                  ]}
                />
              </>
            )}
          />
          <Act
            method="post"
            path="/api/v1/points/rules/"
            label={{ zh: '新建规则', en: 'New rule' }}
            isMain
            initial={{ is_active: true }}
            fields={fields}
          />
        </>
      }
    >
      <ListOf
        path="/api/v1/points/rules/"
        label={{ zh: '奖励规则', en: 'Award rules' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'event_type', label: { zh: '事件', en: 'Event' }, choices: events },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          {
            title: { zh: '名称', en: 'Name' },
            show: ({ name, version }) => (
              <>
                {name} <span className="faint">v{version}</span>
              </>
            ),
          },
          {
            title: { zh: '事件', en: 'Event' },
            show: ({ event_type }) => {
              const label = events.find(({ value }) => value === event_type)?.label;
              return label ? say(label) : event_type;
            },
          },
          {
            title: { zh: '积分', en: 'Points' },
            isNumber: true,
            show: ({ points, per_amount }) =>
              per_amount ? (
                `${per_amount.points} / ${per_amount.amount} ${per_amount.field}`
              ) : (
                <Num value={points} />
              ),
          },
          { title: { zh: '类别', en: 'Category' }, show: ({ category }) => <Category name={category} /> },
          {
            title: { zh: '有效期', en: 'Valid' },
            show: ({ valid_from, valid_to }) =>
              valid_from || valid_to ? (
                <>
                  <Moment at={valid_from} /> – <Moment at={valid_to} />
                </>
              ) : (
                orNothing(null)
              ),
          },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'inactive'} />,
          },
          {
            title: ACTIONS,
            show: (rule) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/points/rules/{id}/"
                  params={{ id: rule.id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={rule}
                  fields={fields}
                />
                <Act
                  method="delete"
                  path="/api/v1/points/rules/{id}/"
                  params={{ id: rule.id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  isSmall
                  isDanger
                  says={say({ zh: '已给予的积分不受影响。', en: 'Points it has given stay.' })}
                />
              </>
            ),
          },
        ]}
        expanded={(rule) => (
          <FieldFacts fields={fields.filter(({ name }) => IN_DETAIL.includes(name))} values={rule} />
        )}
      />
    </Page>
  );
}

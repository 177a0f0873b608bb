/** Activities: what members of a level may join for a time, and what joining gives. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { useMemberLevelChoices } from '../ui/choices.ts';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Moment, Num, orNothing, State } from '../ui/values.tsx';

type Name =
  | 'title'
  | 'category'
  | 'description'
  | 'required_level'
  | 'start_time'
  | 'end_time'
  | 'max_participants'
  | 'benefits'
  | 'next_action'
  | 'is_active';
/** What a row has no room for. */
const IN_DETAIL: readonly Name[] = ['description', 'benefits', 'next_action'];
const BENEFITS = [
  { value: 'double_points', label: { zh: '购物双倍积分', en: 'Double points for purchases' } },
] as const;

/** By its own switch, and by the clock. */
const stateOf = (activity: { is_active: boolean; start_time: string; end_time: string }): string => {
  if (!activity.is_active) return 'inactive';
  const now = Date.now();
  if (now < Date.parse(activity.start_time)) return 'upcoming';
  return now < Date.parse(activity.end_time) ? 'active' : 'ended';
};

export function Activities() {
  const say = useSay();
  const levels = useMemberLevelChoices();
  const fields: readonly Field<Name>[] = [
    { name: 'title', label: { zh: '标题', en: 'Title' }, isRequired: true },
    {
      name: 'category',
      label: { zh: '类别', en: 'Category' },
      isRequired: true,
      help: {
        zh: '大写字母、数字和下划线，如 POINTS_PROMOTION',
        en: 'Capital letters, digits and underscore, such as POINTS_PROMOTION',
      },
    },
    { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
    {
      name: 'required_level',
      label: { zh: '所需会员等级', en: 'From member level' },
      kind: 'choice',
      choices: levels,
      help: { zh: '留空则所有人可参加', en: 'Empty: everybody may join' },
    },
    { name: 'start_time', label: { zh: '开始', en: 'Begins' }, kind: 'instant', isRequired: true },
    { name: 'end_time', label: { zh: '结束', en: 'Ends' }, kind: 'instant', isRequired: true },
    {
      name: 'max_participants',
      label: { zh: '人数上限', en: 'Members at most' },
      kind: 'whole',
      min: 1,
    },
    {
      name: 'benefits',
      label: { zh: '参加后得到', en: 'What joining gives' },
      kind: 'many',
      choices: BENEFITS,
    },
    {
      name: 'next_action',
      label: { zh: '参加后的提示', en: 'What is said to who has joined' },
      kind: 'long',
    },
    { name: 'is_active', label: { zh: '有效', en: 'Active' }, kind: 'switch' },
  ];
  return (
    <Page
      title={{ zh: '会员活动', en: 'Activities' }}
      acts={
        <Act
          method="post"
          path="/api/v1/member-system/admin/activities/"
          label={{ zh: '发布活动', en: 'New activity' }}
          isMain
          initial={{ is_active: true, benefits: [] }}
          fields={fields}
        />
      }
    >
      <ListOf
        path="/api/v1/member-system/admin/activities/"
        label={{ zh: '会员活动', en: 'Activities' }}
        sizeIs="limit"
        rowKey={({ activity_id }) => activity_id}
        columns={[
          { title: { zh: '标题', en: 'Title' }, show: ({ title }) => title },
          { title: { zh: '类别', en: 'Category' }, show: ({ category }) => category },
          {
            title: { zh: '所需会员等级', en: 'From level' },
            show: ({ required_level }) =>
              orNothing(levels.find(({ value }) => value === required_level)?.label),
          },
          {
            title: { zh: '开始', en: 'Begins' },
            sort: 'start_time',
            show: ({ start_time }) => <Moment at={start_time} />,
          },
          { title: { zh: '结束', en: 'Ends' }, show: ({ end_time }) => <Moment at={end_time} /> },
          {
            title: { zh: '参加', en: 'Joined' },
            isNumber: true,
            show: ({ participation_count, max_participants }) => (
              <>
                <Num value={participation_count} />
                {max_participants !== null && (
                  <>
                    {' / '}
                    <Num value={max_participants} />
                  </>
                )}
              </>
            ),
          },
          {
            title: { zh: '状态', en: 'State' },
            show: (activity) => <State name={stateOf(activity)} />,
          },
          {
            title: ACTIONS,
            show: (activity) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/member-system/admin/activities/{activity_id}/"
                  params={{ activity_id: activity.activity_id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  says={say({
                    zh: '已参加的成员不受影响。',
                    en: 'Who has joined already stays in it.',
                  })}
                  initial={activity}
                  fields={fields}
                />
                <Act
                  method="delete"
                  path="/api/v1/member-system/admin/activities/{activity_id}/"
                  params={{ activity_id: activity.activity_id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '活动将被删除，成员不能再参加。',
                    en: 'The activity is gone then: nobody can join it.',
                  })}
                  isSmall
                  isDanger
                  typed={activity.activity_id}
                  cannot={
                    activity.participation_count > 0 && {
                      zh: '已有成员参加，请改为停用',
                      en: 'Members have joined it: switch it off instead',
                    }
                  }
                />
              </>
            ),
          },
        ]}
        expanded={(activity) => (
          <FieldFacts fields={fields.filter(({ name }) => IN_DETAIL.includes(name))} values={activity} />
        )}
      />
    </Page>
  );
}

/** How points behave in this tenant. */
import { useAsk } from '../api/use-api.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { Page, Section } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { choices } from '../ui/words.ts';

type Name =
  | 'default_expiry_days'
  | 'hold_lifetime_minutes'
  | 'points_earned_per_currency_unit'
  | 'points_redeemed_per_currency_unit'
  | 'transfers_enabled'
  | 'daily_limits'
  | 'own_earning_categories'
  | 'own_spending_categories'
  | 'level_policy';
const FIELDS: readonly Field<Name>[] = [
  {
    name: 'default_expiry_days',
    label: { zh: '默认有效天数', en: 'Days that points last' },
    kind: 'whole',
    min: 1,
    help: { zh: '留空则长期有效', en: 'Empty: without an end' },
  },
  {
    name: 'hold_lifetime_minutes',
    label: { zh: '冻结时长（分钟）', en: 'Minutes that a hold lasts' },
    kind: 'whole',
    min: 1,
  },
  {
    name: 'points_earned_per_currency_unit',
    label: { zh: '每单位货币获得积分', en: 'Points earned per unit of money' },
    kind: 'number',
    min: 0,
  },
  {
    name: 'points_redeemed_per_currency_unit',
    label: { zh: '每单位货币抵扣积分', en: 'Points taken per unit of money' },
    kind: 'number',
    min: 0,
  },
  {
    name: 'transfers_enabled',
    label: { zh: '允许转账', en: 'Members may transfer' },
    kind: 'switch',
  },
  {
    name: 'daily_limits',
    label: { zh: '每日上限，按类别', en: 'Points a day, by category' },
    kind: 'pairs',
    of: ['number'],
    choices: choices('manual', 'login', 'license', 'referral', 'community', 'payment'),
    help: { zh: '未列出的类别没有上限', en: 'A category that is left out has no limit' },
  },
  {
    name: 'own_earning_categories',
    label: { zh: '成员可自行获得的类别', en: 'Categories members earn by themselves' },
    kind: 'lines',
    help: { zh: '每行一个', en: 'One a line' },
  },
  {
    name: 'own_spending_categories',
    label: { zh: '成员可自行消费的类别', en: 'Categories members spend by themselves' },
    kind: 'lines',
    help: { zh: '每行一个', en: 'One a line' },
  },
  {
    name: 'level_policy',
    label: { zh: '等级策略', en: 'Levels' },
    kind: 'group',
    fields: [
      {
        name: 'basis',
        label: { zh: '等级按什么计算', en: 'What levels count' },
        kind: 'choice',
        isRequired: true,
        choices: [
          { value: 'total', label: { zh: '总积分', en: 'Points in all' } },
          { value: 'earned', label: { zh: '累计获得的积分', en: 'All points ever earned' } },
        ],
      },
      {
        name: 'downgrade',
        label: { zh: '低于等级要求时', en: 'Who is below a level' },
        kind: 'choice',
        isRequired: true,
        choices: [
          { value: 'none', label: { zh: '保留等级', en: 'Keeps it' } },
          { value: 'recompute', label: { zh: '立即重新计算', en: 'Loses it at once' } },
          { value: 'one_step', label: { zh: '每次复核降一级', en: 'Goes down a step at each review' } },
        ],
      },
      {
        name: 'review_days',
        label: { zh: '两次复核之间的天数', en: 'Days between reviews' },
        kind: 'whole',
        min: 1,
        isRequired: true,
      },
    ],
  },
];

export function PointsSettings() {
  const asked = useAsk('/api/v1/points/settings/', {});
  return (
    <Page
      title={{ zh: '积分设置', en: 'Points settings' }}
      acts={
        asked.data && (
          <Act
            method="put"
            path="/api/v1/points/settings/"
            label={{ zh: '编辑', en: 'Edit' }}
            isMain
            initial={asked.data}
            fields={FIELDS}
          />
        )
      }
    >
      <Whole of={asked}>
        {(settings) => (
          <Section title={{ zh: '当前设置', en: 'Current settings' }}>
            <FieldFacts fields={FIELDS} values={settings} />
          </Section>
        )}
      </Whole>
    </Page>
  );
}

/** What moved, and why: every movement of the tenant, narrowed by the address. */
import { useCategoryChoices } from '../ui/choices.ts';
import { Export } from '../ui/export.tsx';
import { ListOf, yesNo } from '../ui/list-of.tsx';
import { ToPage } from '../ui/links.tsx';
import { Page } from '../ui/page.tsx';
import { RECORD_COLUMNS, recordDetails } from '../ui/records.tsx';
import { choices } from '../ui/words.ts';

const HEAD = [
  'id',
  'member',
  'username',
  'created_at',
  'point_type',
  'category',
  'subcategory',
  'points',
  'balance_after',
  'status',
  'reason',
];

/** What the platform itself moves points for. */
const OWN_CATEGORIES = choices('order_discount', 'redemption', 'transfer');

export function PointsRecords() {
  const categories = [...useCategoryChoices('earning'), ...useCategoryChoices('spending'), ...OWN_CATEGORIES];
  return (
    <Page
      title={{ zh: '积分记录', en: 'Points records' }}
      acts={<ToPage path="points/many" label={{ zh: '批量积分', en: 'Points for many' }} />}
    >
      <ListOf
        path="/api/v1/points/points-records/"
        label={{ zh: '积分记录', en: 'Points records' }}
        rowKey={({ id }) => id}
        columns={RECORD_COLUMNS}
        expanded={recordDetails}
        filters={[
          { name: 'member', label: { zh: '成员', en: 'Member' }, kind: 'member' },
          {
            name: 'point_type',
            label: { zh: '类型', en: 'Kind' },
            choices: choices('earn', 'spend', 'adjust', 'expire'),
          },
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('active', 'expired', 'cancelled'),
          },
          { name: 'category', label: { zh: '类别', en: 'Category' }, choices: categories },
          { name: 'created_at__gte', label: { zh: '从', en: 'From' }, kind: 'first-day' },
          { name: 'created_at__lte', label: { zh: '至', en: 'To' }, kind: 'last-day' },
          { name: 'is_manual', label: { zh: '人工', en: 'By hand' }, choices: yesNo },
          { name: 'batch_id', label: { zh: '批次', en: 'Batch' } },
        ]}
        above={(query) => (
          <div>
            <Export
              path="/api/v1/points/points-records/"
              query={query}
              name="points-records"
              head={HEAD}
              row={(record) => [
                record.id,
                record.member,
                record.member_info.username,
                record.created_at,
                record.point_type,
                record.category,
                record.subcategory,
                record.points,
                record.balance_after,
                record.status,
                record.operation_reason,
              ]}
            />
          </div>
        )}
      />
    </Page>
  );
}

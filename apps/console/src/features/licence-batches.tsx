/** Licences that were assigned to many in the background: how far each batch is. */
import { Progress } from 'antd';
import { useSay } from '../preferences.ts';
import { ListOf } from '../ui/list-of.tsx';
import { To, ToPage } from '../ui/links.tsx';
import { Page } from '../ui/page.tsx';
import { Moment, Num, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const LIVE_MS = 5_000;

export function LicenceBatches() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '批次', en: 'Batches' }}
      acts={<ToPage path="licences/many" label={{ zh: '批量分配', en: 'Assign to many' }} />}
    >
      <ListOf
        path="/api/v1/license-assignments/batches/"
        label={{ zh: '批次', en: 'Batches' }}
        rowKey={({ batch_id }) => batch_id}
        everyMs={LIVE_MS}
        filters={[
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('running', 'completed'),
          },
        ]}
        columns={[
          {
            title: { zh: '批次', en: 'Batch' },
            show: ({ batch_id }) => (
              <To path="licences/many" search={{ batch: String(batch_id) }}>
                #{batch_id}
              </To>
            ),
          },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '进度', en: 'Progress' },
            show: ({ total, successful_count, failed_count }) => (
              <Progress
                size="small"
                style={{ minWidth: 120 }}
                percent={Math.floor(((successful_count + failed_count) / Math.max(total, 1)) * 100)}
                aria-label={say({ zh: '进度', en: 'Progress' })}
              />
            ),
          },
          { title: { zh: '行数', en: 'Rows' }, isNumber: true, show: ({ total }) => <Num value={total} /> },
          {
            title: { zh: '成功', en: 'Done' },
            isNumber: true,
            show: ({ successful_count }) => <Num value={successful_count} />,
          },
          {
            title: { zh: '失败', en: 'Failed' },
            isNumber: true,
            show: ({ failed_count }) => <Num value={failed_count} />,
          },
          {
            title: { zh: '开始', en: 'Began' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          { title: { zh: '完成', en: 'Finished' }, show: ({ completed_at }) => <Moment at={completed_at} /> },
        ]}
      />
    </Page>
  );
}

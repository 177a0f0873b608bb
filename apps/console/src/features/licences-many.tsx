/** A licence for many members: done in the background, with its progress, which the address of the page names. */
import { Button, Progress, Table } from 'antd';
import { useAsk, useWrite, type Answer } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { ASSIGNMENT_FIELDS } from '../ui/assignments.tsx';
import { LICENCE } from '../ui/fields.ts';
import { downloadCsv } from '../ui/format.ts';
import { MemberLink, ToPage } from '../ui/links.tsx';
import { useListState } from '../ui/list-state.ts';
import { ManyPage } from '../ui/many/many-page.tsx';
import { failedRows } from '../ui/many/table-text.ts';
import { Facts, Page } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Num, State } from '../ui/values.tsx';

const COLUMNS = [
  { name: 'member', label: { zh: '成员编号或用户名', en: 'Member id or username' }, isRequired: true },
] as const;
const LIVE_MS = 1_000;
const TITLE = { zh: '批量分配许可证', en: 'A licence for many' };

export function LicencesMany() {
  const { search } = useListState();
  const batch = Number(search['batch']);
  return batch > 0 ? <Batch id={batch} /> : <NewBatch />;
}

function NewBatch() {
  const { change } = useListState();
  const start = useWrite('post', '/api/v1/license-assignments/batches/');
  return (
    <ManyPage
      title={TITLE}
      says={{
        zh: '在后台逐批分配；可以离开此页面，进度与结果保留 30 天。一行失败不影响其余各行。',
        en: 'It goes on in the background: you may leave the page; progress and results are kept for 30 days. A row that fails undoes no other.',
      }}
      columns={COLUMNS}
      example={'john_doe\n1002'}
      ofMembers
      fields={[LICENCE, ...ASSIGNMENT_FIELDS]}
      size={1_000}
      most={1_000}
      send={async (rows, { license_id, expires_days, assignment_reason }, key) => {
        const { data } = await start.mutateAsync({
          body: {
            assignments: rows.flatMap(({ member }) =>
              member ? [{ member_id: member.id, license_id: Number(license_id) }] : [],
            ),
            common_settings: {
              assignment_type: 'group_assign',
              ...(typeof expires_days === 'number' ? { expires_days } : {}),
              ...(typeof assignment_reason === 'string' && assignment_reason ? { assignment_reason } : {}),
            },
          },
          key,
        });
        await change({ batch: String(data.batch_id) });
        return [];
      }}
    />
  );
}

type Result = Answer<'/api/v1/license-assignments/batches/{id}/'>['data']['results'][number];
const failedOf = (results: readonly Result[]) =>
  results.flatMap(({ index, member_id, error }) =>
    error ? [{ row: { line: index, cells: { member: String(member_id) } }, why: error.message }] : [],
  );

function Batch({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk(
    '/api/v1/license-assignments/batches/{id}/',
    { params: { path: { id } } },
    { everyMs: (answer) => answer?.data.status !== 'completed' && LIVE_MS },
  );
  return (
    <Page
      title={TITLE}
      acts={
        <>
          <ToPage path="licences/batches" label={{ zh: '批次', en: 'Batches' }} />
          <ToPage path="licences/assignments" label={{ zh: '许可证分配', en: 'Assignments' }} />
        </>
      }
    >
      <Whole of={asked}>
        {({ data: { status, total, successful_count, failed_count, created_at, completed_at, results } }) => (
          <>
            <Progress
              percent={Math.round(((successful_count + failed_count) / Math.max(total, 1)) * 100)}
              status={status === 'completed' ? 'success' : 'active'}
              aria-label={say({ zh: '进度', en: 'Progress' })}
            />
            <Facts
              facts={[
                [{ zh: '批次', en: 'Batch' }, `#${id}`],
                [{ zh: '状态', en: 'State' }, <State key="state" name={status} />],
                [{ zh: '成功', en: 'Done' }, <Num key="done" value={successful_count} />],
                [{ zh: '失败', en: 'Failed' }, <Num key="failed" value={failed_count} />],
                [{ zh: '开始', en: 'Began' }, <Moment key="began" at={created_at} />],
                [{ zh: '完成', en: 'Finished' }, <Moment key="finished" at={completed_at} />],
              ]}
            />
            {failed_count > 0 && status === 'completed' && (
              <Button onClick={() => downloadCsv('failed-rows', failedRows(COLUMNS, failedOf(results)))}>
                {say({ zh: '下载失败的行', en: 'Failed rows as a file' })}
              </Button>
            )}
            <Table
              size="small"
              rowKey="index"
              dataSource={results}
              scroll={{ x: 'max-content' }}
              pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
              columns={[
                {
                  title: say({ zh: '成员', en: 'Member' }),
                  render: (_value, row) => <MemberLink id={row.member_id} />,
                },
                {
                  title: say({ zh: '许可证编号', en: 'Licence id' }),
                  align: 'right',
                  dataIndex: 'license_id',
                },
                {
                  title: say({ zh: '结果', en: 'Result' }),
                  filters: [{ text: say({ zh: '失败', en: 'Failed' }), value: 'failed' }],
                  onFilter: (wanted, row) => row.status === wanted,
                  render: (_value, row) =>
                    row.error ? (
                      <span className="minus">{row.error.message}</span>
                    ) : (
                      <State name={row.status} />
                    ),
                },
              ]}
            />
          </>
        )}
      </Whole>
    </Page>
  );
}

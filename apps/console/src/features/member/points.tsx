/** What a member has: balance, levels, what ends when, and each movement. */
import { Alert, Flex, Table } from 'antd';
import { useAsk } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { ListOf } from '../../ui/list-of.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { RECORD_COLUMNS, recordDetails } from '../../ui/records.tsx';
import { Whole } from '../../ui/states.tsx';
import { Num, Signed } from '../../ui/values.tsx';
import { wordOf } from '../../ui/words.ts';
import { Levels } from './levels.tsx';
import { PointsActs } from './points-acts.tsx';

export function PointsTab({ id }: { id: number }) {
  const say = useSay();
  const profile = useAsk('/api/v1/points/profiles/{id}/', { params: { path: { id } } });
  return (
    <Flex vertical gap={16}>
      <Whole of={profile}>
        {(found) => (
          <Section title={{ zh: '余额', en: 'Balance' }} extra={<PointsActs profile={found} />}>
            {!found.is_points_enabled && (
              <Alert
                type="warning"
                showIcon
                title={say({ zh: '该成员未启用积分', en: 'Points are not enabled for this member' })}
              />
            )}
            <Facts
              facts={[
                [
                  { zh: '可用', en: 'Available' },
                  <strong key="available">
                    <Num value={found.available_points} />
                  </strong>,
                ],
                [{ zh: '冻结', en: 'Frozen' }, <Num key="frozen" value={found.frozen_points} />],
                [{ zh: '总计', en: 'Total' }, <Num key="total" value={found.total_points} />],
                [{ zh: '待扣', en: 'Owed' }, <Num key="owed" value={found.owed_points} />],
                [{ zh: '积分倍数', en: 'Multiplier' }, found.points_multiplier],
                [
                  { zh: '连续登录', en: 'Login streak' },
                  <Num key="streak" value={found.consecutive_login_days} />,
                ],
              ]}
            />
          </Section>
        )}
      </Whole>
      <Levels id={id} />
      <LastDays id={id} />
      <Expiring id={id} />
      <Section title={{ zh: '积分记录', en: 'Records' }}>
        <ListOf
          path="/api/v1/points/points-records/"
          label={{ zh: '积分记录', en: 'Records' }}
          rowKey={({ id: record }) => record}
          query={{ member: id }}
          columns={RECORD_COLUMNS.slice(1)}
          expanded={recordDetails}
        />
      </Section>
    </Flex>
  );
}

/** What came in and went out of late, each by what it was for: what somebody adjusted is called so, and not earned or spent. */
function LastDays({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/points/profiles/{id}/summary/', { params: { path: { id } } });
  return (
    <Section title={{ zh: '近 30 天', en: 'The last 30 days' }}>
      <Whole of={asked}>
        {({ earned, spent, net_change }) => {
          const categories = [
            ...new Set([...Object.keys(earned.by_category), ...Object.keys(spent.by_category)]),
          ];
          return categories.length === 0 ? (
            <p className="faint">{say({ zh: '没有变动', en: 'Nothing moved' })}</p>
          ) : (
            <Facts
              facts={[
                ...categories.map((category) => {
                  const [came, went] = [earned.by_category[category] ?? 0, spent.by_category[category] ?? 0];
                  return [
                    wordOf(category),
                    <span key={category}>
                      {came !== 0 && <Signed value={came} />} {went !== 0 && <Signed value={-went} />}
                    </span>,
                  ] as const;
                }),
                [{ zh: '合计', en: 'In all' }, <Signed key="net" value={net_change} />],
              ]}
            />
          );
        }}
      </Whole>
    </Section>
  );
}
function Expiring({ id }: { id: number }) {
  const say = useSay();
  const profile = useAsk('/api/v1/points/profiles/{id}/', { params: { path: { id } } });
  const asked = useAsk('/api/v1/points/profiles/{id}/expiring/', {
    params: { path: { id }, query: { days: 365 } },
  });
  return (
    <Section title={{ zh: '一年内到期', en: 'What ends within a year' }}>
      <Whole of={asked}>
        {({ by_day, without_end, total_points }) => (
          <>
            {by_day.length === 0 ? (
              <p className="faint">{say({ zh: '一年内没有积分到期', en: 'No points end within a year' })}</p>
            ) : (
              <Table
                size="small"
                rowKey="date"
                pagination={by_day.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
                dataSource={by_day}
                columns={[
                  { title: say({ zh: '日期', en: 'Date' }), dataIndex: 'date' },
                  {
                    title: say({ zh: '积分', en: 'Points' }),
                    align: 'right',
                    render: (_value, { points }) => <Num value={points} />,
                  },
                ]}
              />
            )}
            <p className="faint">
              {profile.data && (
                <>
                  {say({ zh: '一年之后到期', en: 'Ends later' })}:{' '}
                  <Num value={Math.max(0, profile.data.available_points - total_points - without_end)} />
                  {' · '}
                </>
              )}
              {say({ zh: '长期有效', en: 'Without an end' })}: <Num value={without_end} />
            </p>
          </>
        )}
      </Whole>
    </Section>
  );
}

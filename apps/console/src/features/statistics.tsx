/** Members by level, and how they grow. */
import { Flex, Segmented } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Chart } from '../ui/chart.tsx';
import { useListState } from '../ui/list-state.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Money, Num } from '../ui/values.tsx';

const SPANS = ['7d', '30d', '90d', '365d'] as const;

export function Statistics() {
  const say = useSay();
  const { search, change } = useListState();
  const span = SPANS.find((one) => one === search['range']) ?? '30d';
  const members = useAsk(
    '/api/v1/member-system/admin/statistics/',
    { params: { query: { date_range: span } } },
    { keepsLast: true },
  );
  return (
    <Page
      title={{ zh: '趋势', en: 'Trends' }}
      acts={
        <Segmented
          aria-label={say({ zh: '时间范围', en: 'Time' })}
          value={span}
          options={SPANS.map((value) => ({
            value,
            label: say({ zh: `${Number.parseInt(value, 10)} 天`, en: `${Number.parseInt(value, 10)} days` }),
          }))}
          onChange={(range) => void change({ range })}
        />
      }
    >
      <Whole of={members}>
        {({ data: { as_of, overview, level_distribution, trends } }) => (
          <Flex vertical gap={16}>
            <span className="faint">
              {say({ zh: '截至', en: 'As of' })} <Moment at={as_of} />
            </span>
            <Facts
              facts={[
                [{ zh: '成员', en: 'Members' }, <Num key="members" value={overview.total_members} />],
                [
                  { zh: '活跃成员', en: 'Active members' },
                  <Num key="active" value={overview.active_members} />,
                ],
                [
                  { zh: '本月新增', en: 'New this month' },
                  <Num key="new" value={overview.new_members_this_month} />,
                ],
                [
                  { zh: '发放积分', en: 'Points issued' },
                  <Num key="issued" value={overview.total_points_issued} />,
                ],
                [
                  { zh: '使用积分', en: 'Points redeemed' },
                  <Num key="redeemed" value={overview.total_points_redeemed} />,
                ],
              ]}
            />
            {trends && (
              <>
                <Section title={{ zh: '成员增长', en: 'Growth' }}>
                  <Chart
                    kind="bar"
                    label={{ zh: '成员增长', en: 'Growth' }}
                    across={trends.member_growth.map(({ date }) => date)}
                    series={[
                      {
                        name: { zh: '新成员', en: 'New' },
                        values: trends.member_growth.map(({ new_members }) => new_members),
                      },
                      {
                        name: { zh: '升级', en: 'Upgraded' },
                        values: trends.member_growth.map(({ upgraded_members }) => upgraded_members),
                      },
                    ]}
                  />
                </Section>
                <Section title={{ zh: '积分', en: 'Points' }}>
                  <Chart
                    label={{ zh: '积分', en: 'Points' }}
                    across={trends.points_activity.map(({ date }) => date)}
                    series={[
                      {
                        name: { zh: '获得', en: 'Earned' },
                        values: trends.points_activity.map(({ points_earned }) => points_earned),
                      },
                      {
                        name: { zh: '使用', en: 'Used' },
                        values: trends.points_activity.map(({ points_used }) => points_used),
                      },
                    ]}
                  />
                </Section>
              </>
            )}
            <Section title={{ zh: '会员等级分布', en: 'By member level' }}>
              <Rows
                label={{ zh: '会员等级分布', en: 'By member level' }}
                rowKey="level_name"
                dataSource={level_distribution}
                columns={[
                  { title: say({ zh: '等级', en: 'Level' }), dataIndex: 'level_name' },
                  {
                    title: say({ zh: '成员', en: 'Members' }),
                    align: 'right',
                    render: (_value, row) => <Num value={row.count} />,
                  },
                  { title: '%', align: 'right', render: (_value, row) => <Num value={row.percentage} /> },
                  {
                    title: say({ zh: '平均消费', en: 'Average spend' }),
                    align: 'right',
                    render: (_value, row) => <Money value={row.avg_spent} />,
                  },
                  {
                    title: say({ zh: '平均积分', en: 'Average points' }),
                    align: 'right',
                    render: (_value, row) => <Num value={row.avg_points} />,
                  },
                ]}
              />
            </Section>
          </Flex>
        )}
      </Whole>
    </Page>
  );
}

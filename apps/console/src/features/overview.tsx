/** What needs a look today: the figures of now, how points went, and what waits for somebody. */
import { Card } from 'antd';
import { useAsk, usePlace } from '../api/use-api.ts';
import { useLiveOverview } from '../api/use-live.ts';
import { useSay, type Text } from '../preferences.ts';
import { before, Chart } from '../ui/chart.tsx';
import { MemberLink, To } from '../ui/links.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import { SpanPicker, useSpan } from '../ui/span.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Money, Num } from '../ui/values.tsx';
import { OTHER_ENDS } from '../ui/words.ts';
import { Attention } from './overview/attention.tsx';

const OVERVIEW = '/api/v1/stats/overview/';
const OFTEN_MS = 5_000;

function Figure({ name, value, change }: { name: Text; value: number; change?: number | null }) {
  const say = useSay();
  return (
    <Card size="small" className="figure">
      <span className="faint">{say(name)}</span>
      <strong>
        <Num value={value} />
      </strong>
      {change !== undefined && (
        <span className="faint num">
          {change === null ? '–' : `${change > 0 ? '+' : ''}${change}%`}{' '}
          {say({ zh: '较昨日', en: 'against yesterday' })}
        </span>
      )}
    </Card>
  );
}

export function Overview() {
  const say = useSay();
  const { tenant } = usePlace();
  const isLive = useLiveOverview([tenant, OVERVIEW]);
  const asked = useAsk(OVERVIEW, {}, { everyMs: !isLive && OFTEN_MS });
  return (
    <Page title={{ zh: '概览', en: 'Overview' }}>
      <Whole of={asked}>
        {({ as_of, members, points, active_vips, licenses, today, change_percent }) => (
          <>
            <span className="faint">
              {say({ zh: '截至', en: 'As of' })} <Moment at={as_of} /> ·{' '}
              {isLive
                ? say({ zh: '实时更新', en: 'as it happens' })
                : say({ zh: '每 5 秒更新', en: 'every five seconds' })}
            </span>
            <h2>{say({ zh: '今日', en: 'Today' })}</h2>
            <div className="figures">
              <Figure
                name={{ zh: '新成员', en: 'New members' }}
                value={today.new_members}
                change={change_percent.new_members}
              />
              <Figure
                name={{ zh: '登录', en: 'Logins' }}
                value={today.logins}
                change={change_percent.logins}
              />
              <Figure
                name={{ zh: '获得积分', en: 'Points earned' }}
                value={today.points_earned}
                change={change_percent.points_earned}
              />
              <Figure
                name={{ zh: '消费积分', en: 'Points spent' }}
                value={today.points_spent}
                change={change_percent.points_spent}
              />
              <Figure
                name={{ zh: '许可证激活', en: 'Activations' }}
                value={today.activations}
                change={change_percent.activations}
              />
              <Figure
                name={{ zh: '授予 VIP', en: 'VIP granted' }}
                value={today.vip_granted}
                change={change_percent.vip_granted}
              />
            </div>
            <h2>{say({ zh: '总计', en: 'In all' })}</h2>
            <div className="figures">
              <Figure name={{ zh: '成员（有效）', en: 'Members, active' }} value={members.active} />
              <Figure name={{ zh: '未用积分', en: 'Points outstanding' }} value={points.outstanding} />
              <Figure name={{ zh: '有效 VIP', en: 'VIP members' }} value={active_vips} />
              <Figure name={{ zh: '有效许可证', en: 'Licences, active' }} value={licenses.active} />
              <Figure
                name={{ zh: '使用中的分配', en: 'Assignments in use' }}
                value={licenses.assignments.active}
              />
            </div>
          </>
        )}
      </Whole>
      <Attention />
      <PointsTrend />
      <MembersTrend />
      <div className="ladders">
        <TopMembers />
        <LiabilityByMonth />
      </div>
    </Page>
  );
}

const TOP = 5;
/** Who earned most this month. */
function TopMembers() {
  const say = useSay();
  const asked = useAsk('/api/v1/stats/leaderboards/', {
    params: { query: { metric: 'earned', window: 'month', page_size: TOP } },
  });
  return (
    <Section
      title={{ zh: '本月获得积分最多', en: 'Top members: points earned this month' }}
      extra={<To path="statistics/leaderboards">{say({ zh: '查看排行榜', en: 'See the leaderboards' })}</To>}
    >
      <Whole of={asked}>
        {({ results }) => (
          <Rows
            label={{ zh: '本月获得积分最多', en: 'Top members: points earned this month' }}
            rowKey={({ rank, member_id }) => `${rank} ${member_id}`}
            dataSource={results}
            columns={[
              {
                title: say({ zh: '名次', en: 'Rank' }),
                align: 'right',
                render: (_value, { rank }) => <Num value={rank} />,
              },
              {
                title: say({ zh: '成员', en: 'Member' }),
                render: (_value, { member_id, display_name }) =>
                  member_id === null ? '–' : <MemberLink id={member_id} name={display_name} />,
              },
              {
                title: say({ zh: '积分', en: 'Points' }),
                align: 'right',
                render: (_value, { score }) => <Num value={score} />,
              },
            ]}
          />
        )}
      </Whole>
    </Section>
  );
}

const MONTHS = 12;
/** What the points that members have come to, by the month in which they end. */
function LiabilityByMonth() {
  const say = useSay();
  const asked = useAsk('/api/v1/stats/points/liability/', {
    params: { query: { interval: 'month', periods: MONTHS } },
  });
  return (
    <Section
      title={{ zh: '积分负债，按到期月份', en: 'Liability, by the month in which points end' }}
      extra={<To path="statistics/liability">{say({ zh: '查看明细', en: 'See all of it' })}</To>}
    >
      <Whole of={asked}>
        {({ outstanding, overdue, later, never, undated, expiring }) => (
          <>
            <Facts
              facts={[
                [{ zh: '折合金额', en: 'Worth' }, <Money key="worth" value={outstanding.value} />],
                ...(overdue.points === 0
                  ? []
                  : ([[OTHER_ENDS.overdue, <Num key="overdue" value={overdue.points} />]] as const)),
                [OTHER_ENDS.later, <Num key="later" value={later.points} />],
                [OTHER_ENDS.never, <Num key="never" value={never.points} />],
                ...(undated.points === 0
                  ? []
                  : ([[OTHER_ENDS.undated, <Num key="undated" value={undated.points} />]] as const)),
              ]}
            />
            <Chart
              kind="bar"
              label={{ zh: '积分负债', en: 'Liability' }}
              acrossIs={{ zh: '月份', en: 'Month' }}
              across={expiring.map(({ period }) => period)}
              series={[
                {
                  name: { zh: '到期的积分', en: 'Points that end' },
                  values: expiring.map(({ points }) => points),
                },
              ]}
            />
          </>
        )}
      </Whole>
    </Section>
  );
}

/** Points by day, beside the span before. */
function PointsTrend() {
  const { asked: query } = useSpan();
  const asked = useAsk(
    '/api/v1/stats/points/trends/',
    { params: { query: { ...query, interval: 'day', compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Section title={{ zh: '积分趋势', en: 'Points by day' }} extra={<SpanPicker />}>
      <Whole of={asked}>
        {({ trends, previous }) => (
          <Chart
            label={{ zh: '每日积分', en: 'Points by day' }}
            across={trends.map(({ date }) => date)}
            series={[
              { name: { zh: '获得', en: 'Earned' }, values: trends.map(({ earned }) => earned) },
              { name: { zh: '消费', en: 'Spent' }, values: trends.map(({ spent }) => spent) },
              { name: { zh: '过期', en: 'Ended' }, values: trends.map(({ expired }) => expired) },
              ...before(
                { zh: '获得（上一期）', en: 'Earned, the span before' },
                previous?.trends.map(({ earned }) => earned),
              ),
            ]}
          />
        )}
      </Whole>
    </Section>
  );
}

/** Who joined and who came to do something, by day, beside the span before. */
function MembersTrend() {
  const { asked: query } = useSpan();
  const { tz: _tz, ...days } = query;
  const growth = useAsk(
    '/api/v1/stats/members/growth/',
    { params: { query: { ...query, interval: 'day', compare: 'previous' } } },
    { keepsLast: true },
  );
  const active = useAsk(
    '/api/v1/stats/members/active/',
    { params: { query: { ...days, interval: 'day', compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Section title={{ zh: '成员趋势', en: 'Members by day' }}>
      <Whole of={growth}>
        {({ growth: joined, previous: joinedBefore }) => (
          <Whole of={active}>
            {({ active: rows, previous: rowsBefore }) => (
              <Chart
                label={{ zh: '每日成员', en: 'Members by day' }}
                across={joined.map(({ date }) => date)}
                series={[
                  {
                    name: { zh: '活跃', en: 'Active' },
                    values: rows.map(({ active_members }) => active_members),
                  },
                  {
                    name: { zh: '新加入', en: 'Joined' },
                    values: joined.map((row) => row.joined),
                  },
                  ...before(
                    { zh: '活跃（上一期）', en: 'Active, the span before' },
                    rowsBefore?.active.map(({ active_members }) => active_members),
                  ),
                  ...before(
                    { zh: '新加入（上一期）', en: 'Joined, the span before' },
                    joinedBefore?.growth.map((row) => row.joined),
                  ),
                ]}
              />
            )}
          </Whole>
        )}
      </Whole>
    </Section>
  );
}

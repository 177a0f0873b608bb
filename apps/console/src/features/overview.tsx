/** What needs a look today: the figures of now, how points went, and what waits for somebody. */
import { Card, Flex, Segmented } from 'antd';
import { useAsk, usePlace } from '../api/use-api.ts';
import { useLiveOverview } from '../api/use-live.ts';
import { useSay, type Text } from '../preferences.ts';
import { Chart } from '../ui/chart.tsx';
import { dayIn } from '../ui/format.ts';
import { useListState } from '../ui/list-state.ts';
import { Page, Section } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Num } from '../ui/values.tsx';

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
      <PointsTrend />
    </Page>
  );
}

const SPANS = ['7', '30', '90'] as const;
/** Points by day, beside the span before. */
export function PointsTrend() {
  const say = useSay();
  const { timezone } = usePlace();
  const { search, change } = useListState();
  const span = SPANS.find((one) => one === search['days']) ?? '30';
  const now = new Date();
  const query = {
    date_from: dayIn(timezone, now, 1 - Number(span)),
    date_to: dayIn(timezone, now),
    tz: timezone,
    interval: 'day',
    compare: 'previous',
  } as const;
  const asked = useAsk('/api/v1/stats/points/trends/', { params: { query } }, { keepsLast: true });
  return (
    <Section
      title={{ zh: '积分趋势', en: 'Points by day' }}
      extra={
        <Segmented
          size="small"
          aria-label={say({ zh: '天数', en: 'Days' })}
          value={span}
          options={SPANS.map((value) => ({ value, label: say({ zh: `${value} 天`, en: `${value} days` }) }))}
          onChange={(days) => void change({ days })}
        />
      }
    >
      <Whole of={asked}>
        {({ trends, previous }) => (
          <Flex vertical>
            <Chart
              label={{ zh: '每日积分', en: 'Points by day' }}
              days={trends.map(({ date }) => date)}
              series={[
                { name: { zh: '获得', en: 'Earned' }, values: trends.map(({ earned }) => earned) },
                { name: { zh: '消费', en: 'Spent' }, values: trends.map(({ spent }) => spent) },
                { name: { zh: '过期', en: 'Ended' }, values: trends.map(({ expired }) => expired) },
                ...(previous
                  ? [
                      {
                        name: { zh: '获得（上一期）', en: 'Earned, the span before' },
                        values: previous.trends.map(({ earned }) => earned),
                        isFaint: true,
                      },
                    ]
                  : []),
              ]}
            />
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

/** What the platform allows the tenant, and how much of it was used, day by day. */
import { Flex, Progress, Segmented } from 'antd';
import { useAsk, type Answer } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Chart } from '../ui/chart.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { useTurn } from '../ui/span.tsx';
import { Whole } from '../ui/states.tsx';
import { LIMIT_NAMES, LIMITS } from '../ui/tenant-limits.ts';
import { Moment, Num } from '../ui/values.tsx';

const LIVE_MS = 10_000;
type Usage = Answer<'/api/v1/usage/'>['data'];

export function TenantUsage() {
  const say = useSay();
  const [days, turn] = useTurn('days', ['30', '90', '365']);
  const asked = useAsk(
    '/api/v1/usage/',
    { params: { query: { days: Number(days) } } },
    { keepsLast: true, everyMs: LIVE_MS },
  );
  return (
    <Page title={{ zh: '套餐与用量', en: 'Plan and usage' }}>
      <Whole of={asked}>
        {({ data: { plan, today, days: rows } }) => (
          <>
            <Today today={today} />
            <Plan plan={plan} />
            <Section
              title={{ zh: '每日请求', en: 'Requests by day' }}
              extra={
                <Segmented
                  size="small"
                  aria-label={say({ zh: '天数', en: 'Days' })}
                  value={days}
                  options={(['30', '90', '365'] as const).map((value) => ({
                    value,
                    label: say({ zh: `${value} 天`, en: `${value} days` }),
                  }))}
                  onChange={turn}
                />
              }
            >
              <Chart
                kind="bar"
                label={{ zh: '每日请求', en: 'Requests by day' }}
                across={rows.map(({ date }) => date).toReversed()}
                series={[
                  {
                    name: { zh: '受理', en: 'Let in' },
                    values: rows.map(({ requests }) => requests).toReversed(),
                  },
                  {
                    name: { zh: '因限额被拒', en: 'Refused by a limit' },
                    values: rows.map(({ refused }) => refused).toReversed(),
                  },
                ]}
              />
            </Section>
          </>
        )}
      </Whole>
    </Page>
  );
}

function Today({ today }: { today: Usage['today'] }) {
  const say = useSay();
  const { requests, requests_per_day, remaining, resets_at } = today;
  return (
    <Section title={{ zh: '今日', en: 'Today' }}>
      <Flex vertical gap={8}>
        {requests_per_day !== null && (
          <Progress
            aria-label={say({ zh: '今日配额', en: 'Quota of today' })}
            percent={Math.min(100, Math.round((requests / requests_per_day) * 1_000) / 10)}
            status={remaining === 0 ? 'exception' : 'normal'}
          />
        )}
        <Facts
          facts={[
            [{ zh: '请求', en: 'Requests' }, <Num key="requests" value={requests} />],
            [{ zh: '每日配额', en: 'Quota of a day' }, <Num key="quota" value={requests_per_day} />],
            [{ zh: '剩余', en: 'Left' }, <Num key="left" value={remaining} />],
            [{ zh: '重新计算于', en: 'Begins anew' }, <Moment key="reset" at={resets_at} />],
          ]}
        />
      </Flex>
    </Section>
  );
}

function Plan({ plan }: { plan: Usage['plan'] }) {
  const say = useSay();
  return (
    <Section title={{ zh: '套餐', en: 'Plan' }}>
      {plan ? (
        <Facts
          facts={[
            [{ zh: '名称', en: 'Name' }, `${plan.name} (${plan.code})`],
            [{ zh: '同时请求', en: 'Requests at once' }, <Num key="once" value={plan.concurrent_requests} />],
            ...LIMIT_NAMES.map(
              (name) => [LIMITS[name], <Num key={name} value={plan.limits[name]} />] as const,
            ),
          ]}
        />
      ) : (
        say({
          zh: '未使用套餐：适用平台的默认限额，每天的请求不限。',
          en: 'It has none: the platform’s own limits hold, and a day has no quota.',
        })
      )}
    </Section>
  );
}

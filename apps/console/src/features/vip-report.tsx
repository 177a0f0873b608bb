/** Tags: how many there are, what happened to them, what was bought, and how many are lost. */
import { Flex } from 'antd';
import { useAsk, type Answer } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { before, Chart } from '../ui/chart.tsx';
import { Funnel } from '../ui/funnel.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { Rows } from '../ui/rows.tsx';
import { SpanPicker, useSpan } from '../ui/span.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Num, orNothing } from '../ui/values.tsx';
import { wordOf } from '../ui/words.ts';

type Report = Answer<'/api/v1/stats/vip/summary/'>;
type Days = ReturnType<typeof useSpan>['asked'];
const STATES = ['active', 'grace', 'suspended', 'expired', 'revoked'] as const;
const STEPS = {
  granted: { zh: '授予', en: 'Granted' },
  renewed: { zh: '续期', en: 'Renewed' },
  suspended: { zh: '暂停', en: 'Suspended' },
  resumed: { zh: '恢复', en: 'Resumed' },
  expired: { zh: '到期', en: 'Ended' },
  revoked: { zh: '撤销', en: 'Revoked' },
} as const satisfies Record<string, Text>;
const EXPORT = '/api/v1/stats/export/';
const NAMES = Object.keys(STEPS) as (keyof typeof STEPS)[];

export function VipReport() {
  const { asked: query } = useSpan();
  const asked = useAsk(
    '/api/v1/stats/vip/summary/',
    { params: { query: { ...query, compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Page
      title={{ zh: '标签报表', en: 'Tag report' }}
      acts={
        <Flex gap={8} wrap align="center">
          <SpanPicker />
          <ReportFile
            path={EXPORT}
            query={{ ...query, report: 'vip_summary', compare: 'previous', format: 'csv' }}
            name={`tags-${query.date_from}-${query.date_to}`}
          />
        </Flex>
      }
    >
      <Whole of={asked}>
        {(report) => (
          <>
            <Facts
              facts={[
                [{ zh: 'VIP 成员', en: 'VIP members' }, <Num key="members" value={report.vip_members} />],
                [{ zh: '自动续期', en: 'Renew themselves' }, <Num key="auto" value={report.auto_renewing} />],
                ...STATES.map(
                  (name) => [wordOf(name), <Num key={name} value={report.by_status[name]} />] as const,
                ),
                [{ zh: '截至', en: 'As of' }, <Moment key="at" at={report.as_of} />],
              ]}
            />
            <Steps report={report} />
            <Purchases purchases={report.purchases} days={query} />
            <Churn churn={report.churn} day={query.date_to} />
            <Tags tags={report.tags} />
          </>
        )}
      </Whole>
    </Page>
  );
}

function Steps({ report }: { report: Report }) {
  const say = useSay();
  const { previous } = report;
  return (
    <Section title={{ zh: '期间内', en: 'What happened' }}>
      <Chart
        kind="bar"
        label={{ zh: '标签的变化', en: 'What happened to tags' }}
        acrossIs={{ zh: '变化', en: 'Step' }}
        across={NAMES.map((name) => say(STEPS[name]))}
        series={[
          { name: { zh: '本期', en: 'This span' }, values: NAMES.map((name) => report[name]) },
          ...before({ zh: '上一期', en: 'The span before' }, previous && NAMES.map((name) => previous[name])),
        ]}
      />
    </Section>
  );
}

function Purchases({ purchases, days }: { purchases: Report['purchases']; days: Days }) {
  const say = useSay();
  return (
    <Section
      title={{ zh: '购买', en: 'Purchases' }}
      extra={
        <ReportFile
          path={EXPORT}
          query={{ ...days, report: 'vip_purchases', compare: 'previous', format: 'csv' }}
          name={`tag-purchases-${days.date_from}-${days.date_to}`}
        />
      }
    >
      <Flex vertical gap={16}>
        <Funnel
          label={{ zh: '购买', en: 'Purchases' }}
          steps={[
            { name: { zh: '申请', en: 'Asked for' }, value: purchases.asked },
            { name: { zh: '完成', en: 'Completed' }, value: purchases.completed },
          ]}
        />
        <Facts
          facts={[
            [
              { zh: '由自动续期发起', en: 'By auto-renewal' },
              <Num key="auto" value={purchases.asked_by_renewal} />,
            ],
            [{ zh: '失败', en: 'Failed' }, <Num key="failed" value={purchases.failed} />],
            [
              { zh: '失败原因', en: 'Why they failed' },
              orNothing(
                purchases.failed_by_reason
                  .map(({ reason, purchases: count }) => `${say(wordOf(reason))} × ${count}`)
                  .join(' · '),
              ),
            ],
            [{ zh: '所付积分', en: 'Points paid' }, <Num key="points" value={purchases.points} />],
          ]}
        />
      </Flex>
    </Section>
  );
}

function Churn({ churn, day }: { churn: Report['churn']; day: string }) {
  return (
    <Section
      title={{ zh: '按月流失', en: 'Churn by month' }}
      extra={
        <ReportFile
          path={EXPORT}
          query={{ date_to: day, report: 'vip_churn', format: 'csv' }}
          name={`churn-until-${day}`}
        />
      }
    >
      <Chart
        kind="bar"
        label={{ zh: '按月流失', en: 'Churn by month' }}
        acrossIs={{ zh: '月份', en: 'Month' }}
        across={churn.map(({ month }) => month)}
        series={[
          {
            name: { zh: '月初持有', en: 'Held at the start' },
            values: churn.map((row) => row.held_at_start),
          },
          { name: { zh: '新获得', en: 'Gained' }, values: churn.map(({ gained }) => gained) },
          { name: { zh: '失去', en: 'Lost' }, values: churn.map(({ lost }) => lost) },
        ]}
      />
      <Chart
        label={{ zh: '流失率（%）', en: 'Churn in per cent' }}
        acrossIs={{ zh: '月份', en: 'Month' }}
        across={churn.map(({ month }) => month)}
        series={[
          {
            name: { zh: '流失率（%）', en: 'Churn in per cent' },
            values: churn.map(({ churn_percent }) => churn_percent ?? 0),
          },
        ]}
      />
    </Section>
  );
}

function Tags({ tags }: { tags: Report['tags'] }) {
  const say = useSay();
  const number = (title: Text, of: (tag: Report['tags'][number]) => number) => ({
    title: say(title),
    align: 'right' as const,
    render: (_value: unknown, tag: Report['tags'][number]) => <Num value={of(tag)} />,
  });
  return (
    <Section title={{ zh: '按标签', en: 'By tag' }}>
      <Rows
        label={{ zh: '按标签', en: 'By tag' }}
        rowKey="tag_id"
        dataSource={tags}
        columns={[
          {
            title: say({ zh: '标签', en: 'Tag' }),
            render: (_value, { tag_name, tag_code, is_retired }) =>
              `${tag_name}${tag_code ? ` (${tag_code})` : ''}${is_retired ? say({ zh: '，已停用', en: ', retired' }) : ''}`,
          },
          number(wordOf('active'), ({ by_status }) => by_status.active),
          number(wordOf('grace'), ({ by_status }) => by_status.grace),
          number({ zh: '自动续期', en: 'Renew themselves' }, ({ auto_renewing }) => auto_renewing),
          ...NAMES.map((name) => number(STEPS[name], (tag) => tag[name])),
        ]}
      />
    </Section>
  );
}

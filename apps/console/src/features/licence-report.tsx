/** Licences: from issuing to use, what happened, who uses what, and what ends soon. */
import { Flex, Segmented } from 'antd';
import { useAsk, type Answer } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { before, Chart } from '../ui/chart.tsx';
import { counted } from '../ui/format.ts';
import { Funnel } from '../ui/funnel.tsx';
import { MemberLink } from '../ui/links.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { Rows } from '../ui/rows.tsx';
import { SpanPicker, useSpan, useTurn } from '../ui/span.tsx';
import { Nothing, Whole } from '../ui/states.tsx';
import { Moment, Num, State } from '../ui/values.tsx';

type Report = Answer<'/api/v1/stats/licenses/summary/'>;
const HAPPENED = {
  issued: { zh: '签发', en: 'Issued' },
  assigned: { zh: '分配', en: 'Assigned' },
  activated: { zh: '激活', en: 'Activated' },
  revoked: { zh: '撤销', en: 'Revoked' },
  expired: { zh: '到期', en: 'Ended' },
} as const satisfies Record<string, Text>;
const NAMES = Object.keys(HAPPENED) as (keyof typeof HAPPENED)[];
const USAGE = '/api/v1/reports/license-usage/';
const ALERTS = '/api/v1/reports/expiry-alerts/';
const ALERT_DAYS = 30;

export function LicenceReport() {
  const { asked: query } = useSpan();
  const asked = useAsk(
    '/api/v1/stats/licenses/summary/',
    { params: { query: { ...query, compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Page
      title={{ zh: '许可证报表', en: 'Licence report' }}
      acts={
        <Flex gap={8} wrap align="center">
          <SpanPicker />
          <ReportFile
            path="/api/v1/stats/export/"
            query={{ ...query, report: 'licenses_summary', compare: 'previous', format: 'csv' }}
            name={`licences-${query.date_from}-${query.date_to}`}
          />
        </Flex>
      }
    >
      <Whole of={asked}>
        {(report) => (
          <>
            <FromIssuingToUse report={report} />
            <Happened report={report} />
            <Plans plans={report.plans} />
          </>
        )}
      </Whole>
      <Usage />
      <EndSoon />
    </Page>
  );
}

function FromIssuingToUse({ report: { funnel, licenses, as_of } }: { report: Report }) {
  return (
    <Section title={{ zh: '从签发到使用', en: 'From issuing to use' }}>
      <Flex vertical gap={16}>
        <Facts
          facts={[
            [{ zh: '签发', en: 'Issued' }, <Num key="issued" value={funnel.issued} />],
            [{ zh: '其中有效', en: 'Of these, active' }, <Num key="active" value={licenses.active} />],
            [{ zh: '激活名额', en: 'Activations allowed' }, <Num key="seats" value={funnel.seats} />],
            [{ zh: '截至', en: 'As of' }, <Moment key="at" at={as_of} />],
          ]}
        />
        <Funnel
          label={{ zh: '从分配到使用', en: 'From assignment to use' }}
          steps={[
            { name: { zh: '分配', en: 'Assigned' }, value: funnel.assigned },
            { name: { zh: '激活', en: 'Activated' }, value: funnel.activated },
            { name: { zh: '最近 30 天使用', en: 'Used in 30 days' }, value: funnel.used_in_30_days },
            { name: { zh: '最近 7 天使用', en: 'Used in 7 days' }, value: funnel.used_in_7_days },
          ]}
        />
      </Flex>
    </Section>
  );
}

function Happened({ report: { period, previous } }: { report: Report }) {
  const say = useSay();
  return (
    <Section title={{ zh: '期间内', en: 'What happened' }}>
      <Chart
        kind="bar"
        label={{ zh: '许可证的变化', en: 'What happened to licences' }}
        acrossIs={{ zh: '变化', en: 'Step' }}
        across={NAMES.map((name) => say(HAPPENED[name]))}
        series={[
          { name: { zh: '本期', en: 'This span' }, values: NAMES.map((name) => period[name]) },
          ...before(
            { zh: '上一期', en: 'The span before' },
            previous && NAMES.map((name) => previous.period[name]),
          ),
        ]}
      />
    </Section>
  );
}

function Plans({ plans }: { plans: Report['plans'] }) {
  const say = useSay();
  const number = (title: Text, of: (plan: Report['plans'][number]) => number) => ({
    title: say(title),
    align: 'right' as const,
    render: (_value: unknown, plan: Report['plans'][number]) => <Num value={of(plan)} />,
  });
  return (
    <Section title={{ zh: '按套餐', en: 'By plan' }}>
      <Rows
        label={{ zh: '按套餐', en: 'By plan' }}
        rowKey="plan_id"
        dataSource={plans}
        columns={[
          {
            title: say({ zh: '产品与套餐', en: 'Product and plan' }),
            render: (_value, { product_name, plan_name }) => `${product_name} · ${plan_name}`,
          },
          number({ zh: '签发', en: 'Issued' }, ({ funnel }) => funnel.issued),
          number({ zh: '激活名额', en: 'Activations allowed' }, ({ funnel }) => funnel.seats),
          number({ zh: '分配', en: 'Assigned' }, ({ funnel }) => funnel.assigned),
          number({ zh: '激活', en: 'Activated' }, ({ funnel }) => funnel.activated),
          number({ zh: '30 天内使用', en: 'Used in 30 days' }, ({ funnel }) => funnel.used_in_30_days),
          number({ zh: '期间使用小时', en: 'Hours in the span' }, ({ period }) => period.usage_hours),
        ]}
      />
    </Section>
  );
}

const GROUPS = {
  product: { zh: '产品', en: 'Product' },
  plan: { zh: '套餐', en: 'Plan' },
  user: { zh: '成员', en: 'Member' },
  date: { zh: '日期', en: 'Day' },
} as const satisfies Record<string, Text>;

function Usage() {
  const say = useSay();
  const {
    asked: { date_from, date_to },
  } = useSpan();
  const [by, turn] = useTurn('by', ['product', 'plan', 'user', 'date']);
  const query = { date_from, date_to, group_by: by };
  const asked = useAsk(USAGE, { params: { query } }, { keepsLast: true });
  return (
    <Section
      title={{ zh: '使用情况', en: 'Use' }}
      extra={
        <Flex gap={8} wrap>
          <Segmented
            aria-label={say({ zh: '分组', en: 'Grouped by' })}
            value={by}
            options={(['product', 'plan', 'user', 'date'] as const).map((value) => ({
              value,
              label: say(GROUPS[value]),
            }))}
            onChange={turn}
          />
          <ReportFile
            path={USAGE}
            query={{ ...query, format: 'csv' }}
            name={`licence-use-by-${by}-${date_from}-${date_to}`}
          />
        </Flex>
      }
    >
      <Whole of={asked}>
        {({ data: { rows, totals, page_info } }) => (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [{ zh: '分配', en: 'Assignments' }, <Num key="assignments" value={totals.assignments} />],
                [{ zh: '激活', en: 'Activations' }, <Num key="activations" value={totals.activations} />],
                [
                  { zh: '绑定设备', en: 'Devices bound' },
                  <Num key="devices" value={totals.active_devices} />,
                ],
                [{ zh: '使用小时', en: 'Hours' }, <Num key="hours" value={totals.usage_hours} />],
              ]}
            />
            {rows.length === 0 ? (
              <Nothing isFiltered={false} />
            ) : (
              <Chart
                kind="bar"
                label={{ zh: '使用情况', en: 'Use' }}
                acrossIs={GROUPS[by]}
                across={rows.map(({ label }) => label)}
                series={[
                  { name: { zh: '使用小时', en: 'Hours' }, values: rows.map((row) => row.usage_hours) },
                  { name: { zh: '激活', en: 'Activations' }, values: rows.map((row) => row.activations) },
                  {
                    name: { zh: '绑定设备', en: 'Devices bound' },
                    values: rows.map((row) => row.active_devices),
                  },
                ]}
              />
            )}
            {page_info && page_info.total_pages > 1 && (
              <span className="faint">
                {say({
                  zh: `前 ${rows.length} 位成员；全部在 CSV 中`,
                  en: `The first ${counted(rows.length, 'member')}; the CSV has all`,
                })}
              </span>
            )}
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

function EndSoon() {
  const say = useSay();
  return (
    <Section
      title={{ zh: '即将到期', en: 'End soon' }}
      extra={
        <ReportFile
          path={ALERTS}
          query={{ alert_days: ALERT_DAYS, format: 'csv' }}
          name="licences-that-end-soon"
        />
      }
    >
      <Flex vertical gap={8}>
        <span className="faint">
          {say({
            zh: `${ALERT_DAYS} 天内到期的分配，最早到期的在前`,
            en: `Assignments that end within ${ALERT_DAYS} days, the soonest first`,
          })}
        </span>
        <ListOf
          path={ALERTS}
          query={{ alert_days: ALERT_DAYS }}
          label={{ zh: '即将到期', en: 'End soon' }}
          rowKey={({ id }) => id}
          columns={[
            {
              title: { zh: '成员', en: 'Member' },
              show: ({ member }) => <MemberLink id={member.id} name={member.username} />,
            },
            {
              title: { zh: '产品', en: 'Product' },
              show: ({ license }) => `${license.product_name} · ${license.plan_name}`,
            },
            { title: { zh: '到期', en: 'Ends' }, show: ({ expires_at }) => <Moment at={expires_at} /> },
            {
              title: { zh: '剩余天数', en: 'Days left' },
              isNumber: true,
              show: ({ days_until_expiry }) => <Num value={days_until_expiry} />,
            },
            { title: { zh: '级别', en: 'How urgent' }, show: ({ severity }) => <State name={severity} /> },
          ]}
        />
      </Flex>
    </Section>
  );
}

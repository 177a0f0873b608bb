/** What the tenant owes its members: points by when they end and what they are worth, and what became of those that it gave. */
import { Flex, Segmented } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { before, Chart } from '../ui/chart.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { Rows } from '../ui/rows.tsx';
import { useTurn } from '../ui/span.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Money, Num } from '../ui/values.tsx';
import { OTHER_ENDS } from '../ui/words.ts';

const INTERVALS = ['month', 'quarter', 'year'] as const;
type Interval = (typeof INTERVALS)[number];
const WORDS = {
  month: { zh: '按月', en: 'By month' },
  quarter: { zh: '按季度', en: 'By quarter' },
  year: { zh: '按年', en: 'By year' },
} as const satisfies Record<Interval, Text>;
const EXPORT = '/api/v1/stats/export/';
const PERIOD = { zh: '时段', en: 'Stretch' };

export function Liability() {
  const say = useSay();
  const [interval, turn] = useTurn('by', INTERVALS);
  return (
    <Page
      title={{ zh: '积分负债', en: 'Liability' }}
      acts={
        <Segmented
          aria-label={say(PERIOD)}
          value={interval}
          options={INTERVALS.map((value) => ({ value, label: say(WORDS[value]) }))}
          onChange={turn}
        />
      }
    >
      <Owed interval={interval} />
      <Became interval={interval} />
    </Page>
  );
}

const OTHER_NAMES = Object.keys(OTHER_ENDS) as (keyof typeof OTHER_ENDS)[];

function Owed({ interval }: { interval: Interval }) {
  const say = useSay();
  const asked = useAsk(
    '/api/v1/stats/points/liability/',
    { params: { query: { interval } } },
    { keepsLast: true },
  );
  return (
    <Section
      title={{ zh: '会员现有的积分，按到期时间', en: 'Points that members have, by when they end' }}
      extra={
        <ReportFile
          path={EXPORT}
          query={{ report: 'points_liability', interval, format: 'csv' }}
          name={`liability-by-${interval}`}
        />
      }
    >
      <Whole of={asked}>
        {(owing) => (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [
                  { zh: '未用积分', en: 'Points outstanding' },
                  <Num key="points" value={owing.outstanding.points} />,
                ],
                [{ zh: '折合金额', en: 'Worth' }, <Money key="value" value={owing.outstanding.value} />],
                [
                  { zh: '多少积分抵一个货币单位', en: 'Points for one unit of money' },
                  <Num key="rate" value={owing.points_per_currency_unit} />,
                ],
                ...OTHER_NAMES.map(
                  (name) =>
                    [
                      OTHER_ENDS[name],
                      <span key={name}>
                        <Num value={owing[name].points} /> · <Money value={owing[name].value} />
                      </span>,
                    ] as const,
                ),
                [{ zh: '截至', en: 'As of' }, <Moment key="at" at={owing.as_of} />],
              ]}
            />
            <Chart
              kind="bar"
              label={{ zh: '积分负债', en: 'Liability' }}
              acrossIs={PERIOD}
              across={owing.expiring.map(({ period }) => period)}
              series={[
                {
                  name: { zh: '到期的积分', en: 'Points that end' },
                  values: owing.expiring.map(({ points }) => points),
                },
              ]}
            />
            <Rows
              label={{ zh: '按到期时间', en: 'By when they end' }}
              rowKey="period"
              dataSource={owing.expiring}
              columns={[
                { title: say(PERIOD), dataIndex: 'period' },
                {
                  title: say({ zh: '积分', en: 'Points' }),
                  align: 'right',
                  render: (_value, row) => <Num value={row.points} />,
                },
                {
                  title: say({ zh: '折合金额', en: 'Worth' }),
                  align: 'right',
                  render: (_value, row) => <Money value={row.value} />,
                },
              ]}
            />
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

function Became({ interval }: { interval: Interval }) {
  const asked = useAsk(
    '/api/v1/stats/points/breakage/',
    { params: { query: { interval, compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Section
      title={{ zh: '发放的积分后来如何，按获得时间', en: 'What became of points, by when they were earned' }}
      extra={
        <ReportFile
          path={EXPORT}
          query={{ report: 'points_breakage', interval, compare: 'previous', format: 'csv' }}
          name={`breakage-by-${interval}`}
        />
      }
    >
      <Whole of={asked}>
        {({ totals, breakage, previous }) => (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [{ zh: '获得', en: 'Earned' }, <Num key="earned" value={totals.earned} />],
                [{ zh: '已使用', en: 'Used' }, <Num key="used" value={totals.used} />],
                [{ zh: '未用而到期', en: 'Ended unused' }, <Num key="expired" value={totals.expired} />],
                [{ zh: '仍为会员所有', en: 'Still had' }, <Num key="had" value={totals.outstanding} />],
                [
                  { zh: '未用而到期（%）', en: 'Ended unused, per cent' },
                  <Num key="share" value={totals.expired_percentage} />,
                ],
                [
                  { zh: '到期部分折合金额', en: 'What ended is worth' },
                  <Money key="value" value={totals.expired_value} />,
                ],
              ]}
            />
            <Chart
              kind="bar"
              label={{ zh: '发放的积分后来如何', en: 'What became of points' }}
              acrossIs={PERIOD}
              across={breakage.map(({ period }) => period)}
              series={[
                { name: { zh: '已使用', en: 'Used' }, values: breakage.map(({ used }) => used) },
                {
                  name: { zh: '未用而到期', en: 'Ended unused' },
                  values: breakage.map(({ expired }) => expired),
                },
                {
                  name: { zh: '仍为会员所有', en: 'Still had' },
                  values: breakage.map(({ outstanding }) => outstanding),
                },
                ...before(
                  { zh: '获得（上一期）', en: 'Earned, the span before' },
                  previous?.breakage.map(({ earned }) => earned),
                ),
              ]}
            />
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

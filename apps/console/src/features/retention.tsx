/** Do those who join stay? Active members, and what became of those that joined together. */
import { Flex, Segmented } from 'antd';
import { useAsk, type Answer } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { before, Chart } from '../ui/chart.tsx';
import { HeatMap, type HeatRow } from '../ui/heat-map.tsx';
import { Page, Section } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { useTurn } from '../ui/span.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment } from '../ui/values.tsx';

const WORDS = {
  day: { zh: '按日', en: 'By day' },
  week: { zh: '按周', en: 'By week' },
  month: { zh: '按月', en: 'By month' },
} as const satisfies Record<string, Text>;
const EXPORT = '/api/v1/stats/export/';

export function Retention() {
  return (
    <Page title={{ zh: '留存', en: 'Retention' }}>
      <Active />
      <Cohorts />
    </Page>
  );
}

function Active() {
  const say = useSay();
  const [interval, turn] = useTurn('by', ['day', 'week', 'month']);
  const asked = useAsk(
    '/api/v1/stats/members/active/',
    { params: { query: { interval, compare: 'previous' } } },
    { keepsLast: true },
  );
  return (
    <Section
      title={{ zh: '活跃成员', en: 'Active members' }}
      extra={
        <Flex gap={8} wrap>
          <Segmented
            aria-label={say({ zh: '活跃成员的时段', en: 'Stretches of active members' })}
            value={interval}
            options={(['day', 'week', 'month'] as const).map((value) => ({
              value,
              label: say(WORDS[value]),
            }))}
            onChange={turn}
          />
          <ReportFile
            path={EXPORT}
            query={{ report: 'members_active', interval, compare: 'previous', format: 'csv' }}
            name={`active-members-by-${interval}`}
          />
        </Flex>
      }
    >
      <Whole of={asked}>
        {({ active, previous }) => (
          <Chart
            label={{ zh: '活跃成员', en: 'Active members' }}
            across={active.map(({ period }) => period)}
            acrossIs={{ zh: '时段', en: 'Stretch' }}
            series={[
              {
                name: { zh: '活跃成员', en: 'Active members' },
                values: active.map(({ active_members }) => active_members),
              },
              ...before(
                { zh: '上一期', en: 'The span before' },
                previous?.active.map(({ active_members }) => active_members),
              ),
            ]}
          />
        )}
      </Whole>
    </Section>
  );
}

type Cohort = Answer<'/api/v1/stats/members/retention/'>['cohorts'][number];

function Cohorts() {
  const say = useSay();
  const [interval, turn] = useTurn('cohorts', ['week', 'month']);
  const asked = useAsk(
    '/api/v1/stats/members/retention/',
    { params: { query: { interval } } },
    { keepsLast: true },
  );
  const rowOf = ({ period, members, retention }: Cohort): HeatRow => ({
    name: period,
    size: members,
    cells: retention.map(({ percentage, active_members, is_over }) => ({
      percentage,
      about: say({
        zh: `${members} 人中 ${active_members} 人`,
        en: `${active_members} of ${members}`,
      }),
      isOpen: !is_over,
    })),
  });
  return (
    <Section
      title={{ zh: '群组留存', en: 'Retention by cohort' }}
      extra={
        <Flex gap={8} wrap>
          <Segmented
            aria-label={say({ zh: '群组', en: 'Cohorts' })}
            value={interval}
            options={(['week', 'month'] as const).map((value) => ({ value, label: say(WORDS[value]) }))}
            onChange={turn}
          />
          <ReportFile
            path={EXPORT}
            query={{ report: 'members_retention', interval, format: 'csv' }}
            name={`retention-by-${interval}`}
          />
        </Flex>
      }
    >
      <Whole of={asked}>
        {({ as_of, cohorts }) => (
          <Flex vertical gap={8}>
            <span className="faint">
              {interval === 'week'
                ? say({
                    zh: '同一周加入的成员，在之后每周仍活跃的百分比；虚线：该周尚未结束。',
                    en: 'Of those that joined in a week, how many per cent were active in each week after; dashed: that week has not ended.',
                  })
                : say({
                    zh: '同一月加入的成员，在之后每月仍活跃的百分比；虚线：该月尚未结束。',
                    en: 'Of those that joined in a month, how many per cent were active in each month after; dashed: that month has not ended.',
                  })}{' '}
              {say({ zh: '截至', en: 'As of' })} <Moment at={as_of} />
            </span>
            <HeatMap
              label={{ zh: '群组留存', en: 'Retention by cohort' }}
              rowIs={{ zh: '加入', en: 'Joined' }}
              sizeIs={{ zh: '成员', en: 'Members' }}
              columns={Array.from(
                { length: Math.max(0, ...cohorts.map(({ retention }) => retention.length)) },
                (_, after) => String(after),
              )}
              rows={cohorts.toReversed().map(rowOf)}
            />
          </Flex>
        )}
      </Whole>
    </Section>
  );
}

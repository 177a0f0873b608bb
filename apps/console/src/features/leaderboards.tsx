/** Leaderboards: who earned, spent, has or activated the most, in a window that one chooses. */
import { useAskAny } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { MemberLink } from '../ui/links.tsx';
import { ListOf } from '../ui/list-of.tsx';
import { useListState } from '../ui/list-state.ts';
import { Page } from '../ui/page.tsx';
import { ReportFile } from '../ui/report-file.tsx';
import { Moment, Num } from '../ui/values.tsx';

const METRICS = [
  { value: 'earned', label: { zh: '获得积分', en: 'Points earned' } },
  { value: 'spent', label: { zh: '消费积分', en: 'Points spent' } },
  { value: 'balance', label: { zh: '现有积分', en: 'Points they have' } },
  { value: 'activations', label: { zh: '激活的分配', en: 'Activations' } },
] as const;
const WINDOWS = [
  { value: 'day', label: { zh: '日', en: 'Day' } },
  { value: 'week', label: { zh: '周', en: 'Week' } },
  { value: 'month', label: { zh: '月', en: 'Month' } },
  { value: 'all', label: { zh: '全部时间', en: 'All time' } },
] as const;
const KEPT = 50;

export function Leaderboards() {
  const say = useSay();
  const { search } = useListState();
  const isBalance = search['metric'] === 'balance';
  const { metric, window } = search;
  const asked = useAskAny('/api/v1/stats/leaderboards/periods/', {
    params: {
      query: {
        ...(metric ? { metric } : {}),
        ...(window && !isBalance ? { window } : {}),
        page_size: KEPT,
      },
    },
  });
  const periods = asked.data?.results ?? [];
  const shown = periods.find(({ period }) => period === search['period']) ?? periods[0];
  const narrowed = Object.fromEntries(
    (isBalance ? ['metric'] : ['metric', 'window', 'period']).flatMap((name) =>
      search[name] ? [[name, search[name]]] : [],
    ),
  );
  return (
    <Page
      title={{ zh: '排行榜', en: 'Leaderboards' }}
      acts={
        <ReportFile
          path="/api/v1/stats/export/"
          query={{ ...narrowed, report: 'leaderboards', format: 'csv' }}
          name={['leaderboard', ...Object.values(narrowed)].join('-')}
        />
      }
      about={
        shown?.starts_at && (
          <span className="faint">
            {shown.period}: <Moment at={shown.starts_at} /> – <Moment at={shown.ends_at} />
            {!shown.is_over && ` · ${say({ zh: '进行中', en: 'still running' })}`}
          </span>
        )
      }
    >
      <ListOf
        path="/api/v1/stats/leaderboards/"
        label={{ zh: '排行榜', en: 'Leaderboard' }}
        // Equal scores share a rank; a member that is private to others is shown to administrators.
        rowKey={({ rank, member_id }) => `${rank} ${member_id}`}
        filters={[
          {
            name: 'metric',
            label: { zh: '按获得积分', en: 'By points earned' },
            choices: METRICS,
            resets: ['window', 'period'],
          },
          ...(isBalance
            ? []
            : [
                { name: 'window', label: { zh: '本周', en: 'A week' }, choices: WINDOWS, resets: ['period'] },
                {
                  name: 'period',
                  label: { zh: '当前', en: 'The present one' },
                  choices: periods.map(({ period }) => ({ value: period, label: period })),
                },
              ]),
        ]}
        columns={[
          { title: { zh: '名次', en: 'Rank' }, isNumber: true, show: ({ rank }) => <Num value={rank} /> },
          {
            title: { zh: '成员', en: 'Member' },
            show: ({ member_id, display_name }) =>
              member_id === null ? '–' : <MemberLink id={member_id} name={display_name} />,
          },
          { title: { zh: '数值', en: 'Score' }, isNumber: true, show: ({ score }) => <Num value={score} /> },
        ]}
      />
    </Page>
  );
}

/** A member's records in their order, with the balance before and after: for a span of days, and as a file. */
import { Button, Flex, Input } from 'antd';
import type { StatementEntry } from '@membership/client';
import { useAskAny, usePlace } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { dayIn } from '../../ui/format.ts';
import { useListState } from '../../ui/list-state.ts';
import { Facts } from '../../ui/page.tsx';
import { WhatFor } from '../../ui/records.tsx';
import { ReportFile } from '../../ui/report-file.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Nothing, Whole } from '../../ui/states.tsx';
import { Moment, Num, orNothing, Signed, State } from '../../ui/values.tsx';

const PATH = '/api/v1/points/profiles/{id}/statement/';
const PAGE_SIZE = 50;
const DAYS_BEFORE = -29;

export function StatementTab({ id }: { id: number }) {
  const say = useSay();
  const { timezone } = usePlace();
  const { search, change } = useListState();
  const now = new Date();
  const span = {
    date_from: search['date_from'] ?? dayIn(timezone, now, DAYS_BEFORE),
    date_to: search['date_to'] ?? dayIn(timezone, now),
  };
  const { cursor } = search;
  const asked = useAskAny(
    PATH,
    {
      params: {
        path: { id },
        query: { ...span, page_size: PAGE_SIZE, ...(cursor ? { cursor } : {}) },
      },
    },
    { keepsLast: true },
  );
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} wrap>
        {(['date_from', 'date_to'] as const).map((name) => {
          const label = say(name === 'date_from' ? { zh: '从', en: 'From' } : { zh: '到', en: 'To' });
          return (
            <Input
              key={name}
              type="date"
              aria-label={label}
              prefix={<span className="faint">{label}</span>}
              style={{ width: 190 }}
              value={span[name]}
              onChange={({ target }) => target.value && void change({ [name]: target.value })}
            />
          );
        })}
        <ReportFile
          path={PATH}
          params={{ id }}
          query={{ ...span, format: 'csv' }}
          name={`statement-${id}-${span.date_from}-${span.date_to}`}
        />
      </Flex>
      <Whole of={asked}>
        {({ opening_balance, closing_balance, entries, next_cursor }) => (
          <section aria-label={say({ zh: '对账单', en: 'Statement' })} aria-busy={asked.isFetching}>
            <Facts
              facts={[
                [{ zh: '期初余额', en: 'Balance before' }, <Num key="before" value={opening_balance} />],
                [{ zh: '期末余额', en: 'Balance after' }, <Num key="after" value={closing_balance} />],
              ]}
            />
            <Rows<StatementEntry>
              label={{ zh: '明细', en: 'Entries' }}
              rowKey="record_id"
              dataSource={entries}
              loading={asked.isPlaceholderData}
              locale={{ emptyText: <Nothing isFiltered /> }}
              columns={[
                {
                  title: say({ zh: '时间', en: 'Time' }),
                  render: (_value, { created_at }) => <Moment at={created_at} />,
                },
                {
                  title: say({ zh: '类型', en: 'Kind' }),
                  render: (_value, { point_type }) => <State name={point_type} />,
                },
                {
                  title: say({ zh: '类别', en: 'Category' }),
                  render: (_value, entry) => <WhatFor record={entry} />,
                },
                {
                  title: say({ zh: '原因', en: 'Reason' }),
                  render: (_value, { reason }) => orNothing(reason),
                },
                {
                  title: say({ zh: '积分', en: 'Points' }),
                  align: 'right',
                  render: (_value, { points }) => <Signed value={points} />,
                },
                {
                  title: say({ zh: '余额', en: 'Balance' }),
                  align: 'right',
                  render: (_value, { balance_after }) => <Num value={balance_after} />,
                },
              ]}
            />
            <Flex gap={8} justify="flex-end" style={{ marginTop: 12 }}>
              {cursor && (
                <Button onClick={() => void change({ cursor: undefined })}>
                  {say({ zh: '从头', en: 'From the beginning' })}
                </Button>
              )}
              {next_cursor && (
                <Button onClick={() => void change({ cursor: next_cursor })}>
                  {say({ zh: '继续', en: 'Further' })}
                </Button>
              )}
            </Flex>
          </section>
        )}
      </Whole>
    </Flex>
  );
}

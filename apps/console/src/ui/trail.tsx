/** The audit trail: every event of a tenant or of a member, newest first, and the chain that each belongs to. */
import { Alert, Button, Flex, Grid, Table, Timeline } from 'antd';
import type { EventEntry } from '@membership/client';
import { useAsk, useAskAny } from '../api/use-api.ts';
import { usePreferences, useSay, type Text } from '../preferences.ts';
import { Cards, FilterBar, type Column, type Filter } from './list-of.tsx';
import { MemberLink } from './links.tsx';
import { useListState } from './list-state.ts';
import { Facts } from './page.tsx';
import { Nothing, Whole } from './states.tsx';
import { Code, Json, Moment, orNothing } from './values.tsx';
import { wordOf } from './words.ts';

const MOST_TYPES = 100;
const PAGE_SIZE = 20;

/** When each type of event is true, in the platform's own sentences: the first of them is its name. */
function useEventWords(): (type: string) => string {
  const first = useAsk('/api/v1/webhooks/event-types/', {
    params: { query: { page_size: MOST_TYPES, page: 1 } },
  });
  const second = useAsk('/api/v1/webhooks/event-types/', {
    params: { query: { page_size: MOST_TYPES, page: 2 } },
  });
  const words = new Map(
    [first, second].flatMap(({ data }) =>
      (data?.data.results ?? []).map(
        ({ type, description }) => [type, description.split(/[。；：]|[.;:](?=\s|$)/)[0]] as const,
      ),
    ),
  );
  return (type) => words.get(type) ?? type;
}

/** A person, another system, or the platform itself. */
function Actor({ name }: { name: string }) {
  const [kind, id] = name.split(/:(.*)/s);
  return kind === 'user' && id ? <MemberLink id={Number(id)} /> : <span className="mono">{name}</span>;
}

/** What of an event's data says most to people. */
const TELLING: Readonly<Record<string, Text>> = {
  points: { zh: '积分', en: 'points' },
  askedPoints: { zh: '原始积分', en: 'asked' },
  multiplier: { zh: '倍数', en: 'multiplier' },
  category: { zh: '类别', en: 'category' },
  balanceAfter: { zh: '余额', en: 'balance' },
  status: { zh: '状态', en: 'state' },
  reason: { zh: '原因', en: 'reason' },
  ruleId: { zh: '奖励规则', en: 'award rule' },
  recordId: { zh: '记录', en: 'record' },
  tagName: { zh: '标签', en: 'tag' },
  levelName: { zh: '等级', en: 'level' },
  username: { zh: '用户名', en: 'username' },
  orderId: { zh: '订单', en: 'order' },
};
function What({ data }: { data: EventEntry['data'] }) {
  const say = useSay();
  const told = Object.entries(TELLING).flatMap(([name, words]) => {
    const value = data[name];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    // A reason that is a code is told in words; what people wrote stands as it is.
    const isNamed = name === 'category' || name === 'status' || /^[A-Z]+(_[A-Z]+)+$/.test(String(value));
    return [`${say(words)} ${isNamed ? say(wordOf(String(value))) : value}`];
  });
  return orNothing(told.join(' · '));
}

const OF_MEMBER: Column<EventEntry> = {
  title: { zh: '成员', en: 'Member' },
  show: ({ member_id }) => (member_id === null ? '–' : <MemberLink id={member_id} />),
};
type Filters = { readonly member?: number; readonly filters?: readonly Filter[] };
/** Pages follow each other by cursor, so that the trail of years is as quick as that of a day. */
export function Trail({ member, filters = [] }: Filters) {
  const say = useSay();
  const words = useEventWords();
  const { md: isWide = true } = Grid.useBreakpoint();
  const { search, change } = useListState();
  const wanted = Object.fromEntries(
    filters.flatMap(({ name }) => (search[name] ? [[name, search[name]]] : [])),
  );
  const cursor = search['cursor'];
  const asked = useAskAny(
    '/api/v1/stats/events/',
    {
      params: {
        query: {
          ...wanted,
          ...(member === undefined ? {} : { member_id: member }),
          ...(cursor ? { cursor } : {}),
          page_size: PAGE_SIZE,
        },
      },
    },
    { keepsLast: true },
  );
  const isFiltered = Object.keys(wanted).length > 0;
  const columns: readonly Column<EventEntry>[] = [
    { title: { zh: '时间', en: 'Time' }, show: ({ time }) => <Moment at={time} /> },
    {
      title: { zh: '事件', en: 'Event' },
      show: ({ type }) => (
        <div className="wraps">
          {words(type)}
          <div className="faint mono">{type}</div>
        </div>
      ),
    },
    ...(member === undefined ? [OF_MEMBER] : []),
    {
      title: { zh: '内容', en: 'What' },
      show: ({ data }) => (
        <div className="wraps">
          <What data={data} />
        </div>
      ),
    },
    { title: { zh: '操作者', en: 'By' }, show: ({ actor }) => <Actor name={actor} /> },
  ];
  return (
    <Flex vertical gap={12}>
      {filters.length > 0 && (
        <FilterBar filters={filters} search={search} change={change} isFiltered={isFiltered} />
      )}
      <Whole of={asked}>
        {({ results, next_cursor }) => (
          <section aria-label={say({ zh: '事件', en: 'Events' })} aria-busy={asked.isFetching}>
            {isWide ? (
              <Table<EventEntry>
                size="middle"
                rowKey="id"
                dataSource={results}
                loading={asked.isPlaceholderData}
                pagination={false}
                scroll={{ x: 'max-content' }}
                locale={{ emptyText: <Nothing isFiltered={isFiltered} /> }}
                expandable={{ expandedRowRender: (event) => <Event event={event} /> }}
                columns={columns.map(({ title, show }) => ({
                  key: title.en,
                  title: say(title),
                  render: (_value: unknown, event: EventEntry) => show(event),
                }))}
              />
            ) : (
              <Cards
                rows={results}
                columns={columns}
                rowKey={({ id }) => id}
                expanded={(event) => <Event event={event} />}
                isFiltered={isFiltered}
              />
            )}
            <Flex gap={8} justify="flex-end" style={{ marginTop: 12 }}>
              {cursor && (
                <Button onClick={() => void change({ cursor: undefined })}>
                  {say({ zh: '最新', en: 'Newest' })}
                </Button>
              )}
              {next_cursor && (
                <Button onClick={() => void change({ cursor: next_cursor })}>
                  {say({ zh: '更早', en: 'Older' })}
                </Button>
              )}
            </Flex>
          </section>
        )}
      </Whole>
    </Flex>
  );
}

function Event({ event }: { event: EventEntry }) {
  return (
    <>
      <Facts
        facts={[
          [{ zh: '事件编号', en: 'Event id' }, <Code key="id" text={event.id} />],
          [{ zh: '请求编号', en: 'Request' }, <Code key="request" text={event.request_id} />],
          [{ zh: '来源', en: 'Told by' }, event.source],
          [{ zh: '对象', en: 'About' }, `${event.subject} (${event.sequence})`],
        ]}
      />
      <Json value={event.data} />
      <Chain id={event.id} />
    </>
  );
}

/** What led to an event, the event itself, and what came of it, in their order. */
export function Chain({ id }: { id: string }) {
  const say = useSay();
  const { language } = usePreferences();
  const words = useEventWords();
  const asked = useAsk('/api/v1/stats/events/{event_id}/chain/', { params: { path: { event_id: id } } });
  return (
    <Whole of={asked}>
      {({ event, causes, effects, is_complete }) => (
        <section aria-label={say({ zh: '来龙去脉', en: 'What led to what' })} lang={language}>
          <h3>{say({ zh: '来龙去脉', en: 'What led to what' })}</h3>
          <Timeline
            items={[...causes.toReversed(), event, ...effects].map((one) => ({
              key: one.id,
              color: one.id === id ? 'blue' : 'gray',
              content: (
                <>
                  {one.id === id ? <strong>{words(one.type)}</strong> : words(one.type)}{' '}
                  <span className="faint mono">{one.type}</span>
                  <br />
                  <span className="faint">
                    <Moment at={one.time} /> · <Actor name={one.actor} />
                    {' · '}
                    <What data={one.data} />
                  </span>
                </>
              ),
            }))}
          />
          {!is_complete && (
            <Alert
              type="info"
              showIcon
              title={say({ zh: '只显示前 500 个', en: 'The first 500 are shown' })}
            />
          )}
        </section>
      )}
    </Whole>
  );
}

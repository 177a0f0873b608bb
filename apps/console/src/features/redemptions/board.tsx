/** Redemptions by their state: a column each, of which a page more is shown at a time, and a card for each with what can be done. */
import { useEffect, useRef, useState } from 'react';
import { Button, Card, Flex, Grid, Radio, Skeleton } from 'antd';
import { useAskPages } from '../../api/use-api.ts';
import { useSay } from '../../preferences.ts';
import { counted, writeNumber } from '../../ui/format.ts';
import { FilterBar, type Filter } from '../../ui/list-of.tsx';
import { MemberLink, To } from '../../ui/links.tsx';
import { useListState } from '../../ui/list-state.ts';
import { pageOf } from '../../ui/page-of.ts';
import { useTurn } from '../../ui/span.tsx';
import { Nothing, Problem } from '../../ui/states.tsx';
import { Age } from '../../ui/values.tsx';
import { wordOf } from '../../ui/words.ts';
import {
  REDEMPTIONS,
  RedemptionAct,
  STATES,
  STEPS,
  stepsFrom,
  type Redemption,
  type RedemptionState,
  type Step,
} from './acts.tsx';
import { redemptionDetails } from './details.tsx';

const PAGE_SIZE = 10;
/** A column is no list: what is older is found there. */
const MOST_PAGES = 10;
/** Others work at the same things. */
const OFTEN_MS = 30_000;
const FILTERS: readonly Filter[] = [{ name: 'user_id', label: { zh: '成员', en: 'Member' }, kind: 'member' }];

function useColumn(status: RedemptionState, member: string | undefined) {
  const asked = useAskPages(
    REDEMPTIONS,
    { status, limit: PAGE_SIZE, ...(member ? { user_id: member } : {}) },
    { hasMore: (answer, pages) => pages * PAGE_SIZE < pageOf(answer).total, everyMs: OFTEN_MS },
  );
  const pages = asked.data?.pages.map((page) => pageOf<Redemption>(page));
  // One that came meanwhile moves the last of a page to the next one.
  const cards = new Map(pages?.flatMap(({ rows }) => rows.map((row) => [row.redemption_id, row])));
  return { status, asked, cards: [...cards.values()], pages: pages?.length ?? 0, first: pages?.[0] };
}
type Column = ReturnType<typeof useColumn>;
type Doing = { readonly step: Step; readonly of: Redemption };

export function RedemptionBoard() {
  const say = useSay();
  const { md: isWide = true } = Grid.useBreakpoint();
  const { search, change } = useListState();
  const member = search['user_id'];
  const columns = [
    useColumn('requested', member),
    useColumn('shipped', member),
    useColumn('completed', member),
    useColumn('cancelled', member),
  ];
  const [chosen, turn] = useTurn('status', STATES);
  const [doing, setDoing] = useState<Doing>();
  const board = useRef<HTMLDivElement>(null);
  const left = useRef<string>(undefined);
  // What was done may have moved the card: whoever works by keyboard goes on at it, or at the column that it left.
  useEffect(() => {
    if (doing || !left.current) return;
    const card = board.current?.querySelector<HTMLElement>(`[data-id="${left.current}"]`);
    (card ?? board.current)?.focus();
    left.current = undefined;
  }, [doing]);
  const close = () => {
    left.current = doing?.of.redemption_id;
    setDoing(undefined);
    // Where it was refused, somebody else has moved it.
    for (const { asked } of columns) void asked.refetch();
  };
  return (
    <Flex vertical gap={12}>
      <FilterBar filters={FILTERS} search={search} change={change} isFiltered={Boolean(member)} />
      {!isWide && (
        <Radio.Group
          className="board-states"
          aria-label={say({ zh: '状态', en: 'State' })}
          optionType="button"
          value={chosen}
          onChange={({ target }) => turn(target.value as RedemptionState)}
          options={columns.map(({ status, first }) => ({
            value: status,
            label: `${say(wordOf(status))}${first ? ` ${first.total}` : ''}`,
          }))}
        />
      )}
      <div className="board" ref={board} tabIndex={-1}>
        {columns
          .filter(({ status }) => isWide || status === chosen)
          .map((column) => (
            <BoardColumn key={column.status} column={column} onAct={setDoing} />
          ))}
      </div>
      {doing && <RedemptionAct {...doing} onClose={close} />}
    </Flex>
  );
}

function BoardColumn({ column, onAct }: { column: Column; onAct: (doing: Doing) => void }) {
  const say = useSay();
  const { search } = useListState();
  const { status, asked, cards, pages, first } = column;
  const title = say(wordOf(status));
  return (
    <section aria-label={title} aria-busy={asked.isPending}>
      <h2>
        {title}{' '}
        {first && <span className="faint">{first.isEstimate ? `> ${first.total}` : first.total}</span>}
      </h2>
      {asked.error && <Problem error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Skeleton active />}
      {first && cards.length === 0 && <Nothing isFiltered={Boolean(search['user_id'])} />}
      <ul>
        {cards.map((one) => (
          <li key={one.redemption_id} data-id={one.redemption_id} tabIndex={-1}>
            <RedemptionCard of={one} onAct={onAct} />
          </li>
        ))}
      </ul>
      {asked.hasNextPage &&
        (pages < MOST_PAGES ? (
          <Button block loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
            {say({ zh: '更多', en: 'More' })}
          </Button>
        ) : (
          <To path="programme/redemptions" search={{ ...search, view: 'list', status }}>
            {say({ zh: '更早的在列表中', en: 'The list has those before' })}
          </To>
        ))}
    </section>
  );
}

function RedemptionCard({ of, onAct }: { of: Redemption; onAct: (doing: Doing) => void }) {
  const say = useSay();
  const { redemption_id, item_name, quantity, user_id, points_cost, created_at, status } = of;
  const steps = stepsFrom(status);
  return (
    <Card size="small">
      <strong className="breaks">
        {item_name} × {quantity}
      </strong>
      <Flex justify="space-between" gap={8} wrap>
        <MemberLink id={user_id} />
        <span className="num">
          {say({ zh: `${writeNumber(points_cost, 'zh')} 积分`, en: counted(points_cost, 'point') })}
        </span>
      </Flex>
      <Flex justify="space-between" gap={8} wrap className="faint">
        <Age at={created_at} />
        <span className="mono">{redemption_id}</span>
      </Flex>
      <details>
        <summary>{say({ zh: '详情', en: 'Details' })}</summary>
        {redemptionDetails(of)}
      </details>
      {steps.length > 0 && (
        <Flex wrap gap={4}>
          {steps.map((step) => (
            <Button
              key={step}
              size="small"
              danger={STEPS[step].isDanger ?? false}
              aria-label={`${say(STEPS[step].label)} ${redemption_id}`}
              onClick={() => onAct({ step, of })}
            >
              {say(STEPS[step].label)}
            </Button>
          ))}
        </Flex>
      )}
    </Card>
  );
}

/** A list of things: paged and sorted by the platform, filtered by the address, as a table or, where it is narrow, as cards. */
import { useEffect, useState, type Key, type ReactNode } from 'react';
import { Button, Card, Flex, Grid, Input, Pagination, Select, Spin, Table } from 'antd';
import type { ItemOf } from '@membership/client';
import type { PathParams } from '../api/client.ts';
import { useAskAny, usePlace, type GetPath } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { endOf, startOf, wallOf, writeNumber } from './format.ts';
import { LicencePicker } from './licence-picker.tsx';
import { useListState } from './list-state.ts';
import { ActorPicker, MemberPicker } from './member-picker.tsx';
import { pageOf } from './page-of.ts';
import { Nothing, Problem } from './states.tsx';

export type ListPath = { [P in GetPath]: [ItemOf<P>] extends [never] ? never : P }[GetPath];
export type Column<Row> = {
  readonly title: Text;
  readonly show: (row: Row) => ReactNode;
  /** The name that the API sorts by. */
  readonly sort?: string;
  /** Numbers stand under each other. */
  readonly isNumber?: boolean;
};
/** Over the column of what can be done with a row, which stays in sight. */
export const ACTIONS: Text = { zh: '操作', en: 'Actions' };
type Choice = { readonly value: string; readonly label: Text | string };
export type Filter = {
  /** As the API calls it. */
  readonly name: string;
  readonly label: Text;
  /** Days are the tenant's: a first day is asked for from its beginning on, a last one until its end. */
  readonly kind?: 'search' | 'member' | 'licence' | 'actor' | 'day' | 'first-day' | 'last-day';
  readonly choices?: readonly Choice[];
  /** Other filters, which mean nothing any more once this one changes. */
  readonly resets?: readonly string[];
};
const SEARCH_MS = 250;
const PAGE_SIZE = 20;
export const yesNo: readonly Choice[] = [
  { value: 'true', label: { zh: '是', en: 'Yes' } },
  { value: 'false', label: { zh: '否', en: 'No' } },
];

type ListProps<P extends ListPath> = {
  readonly path: P;
  /** Names the list for readers. */
  readonly label: Text;
  readonly columns: readonly Column<ItemOf<P>>[];
  readonly rowKey: (row: ItemOf<P>) => Key;
  readonly params?: PathParams;
  /** Narrows the list for good. */
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly filters?: readonly Filter[];
  /** The family calls the size of a page `limit`. */
  readonly sizeIs?: 'page_size' | 'limit';
  readonly everyMs?: number;
  readonly expanded?: (row: ItemOf<P>) => ReactNode;
  readonly above?: (query: Readonly<Record<string, string | number | boolean>>) => ReactNode;
};

export function ListOf<const P extends ListPath>({
  path,
  label,
  columns,
  rowKey,
  params,
  query = {},
  filters = [],
  sizeIs = 'page_size',
  everyMs,
  expanded,
  above,
}: ListProps<P>) {
  type Row = ItemOf<P>;
  const say = useSay();
  const { md: isWide = true } = Grid.useBreakpoint();
  const { search, change } = useListState();
  const page = Math.max(1, Number(search['page']) || 1);
  const wanted = Object.fromEntries(
    filters.flatMap(({ name }) => (search[name] ? [[name, search[name]]] : [])),
  );
  const ordering = columns.some(({ sort }) => sort && sort === search['ordering']?.replace('-', ''))
    ? search['ordering']
    : undefined;
  const narrowed = { ...wanted, ...query };
  const asked = useAskAny(
    path,
    {
      params: {
        ...(params ? { path: params } : {}),
        query: { ...narrowed, ...(ordering ? { ordering } : {}), page, [sizeIs]: PAGE_SIZE },
      },
    },
    { keepsLast: true, ...(everyMs ? { everyMs } : {}) },
  );
  const found = asked.data === undefined ? undefined : pageOf<Row>(asked.data);
  const last = found ? Math.max(1, Math.ceil(found.total / PAGE_SIZE)) : 1;
  const turn = (to: number) => change({ page: to === 1 ? undefined : String(to) });
  // Past the end, as after the last thing of a page has gone: the last page.
  useEffect(() => {
    if (found && !asked.isPlaceholderData && page > last) void turn(last);
  });
  const isFiltered = Object.keys(wanted).length > 0;
  return (
    <Flex vertical gap={12}>
      {filters.length > 0 && (
        <FilterBar filters={filters} search={search} change={change} isFiltered={isFiltered} />
      )}
      {above?.(narrowed)}
      {asked.error ? <Problem error={asked.error} onRetry={() => void asked.refetch()} /> : null}
      {(found || !asked.error) && (
        <section aria-label={say(label)} aria-busy={asked.isFetching}>
          {isWide ? (
            <Table<Row>
              size="middle"
              rowKey={(row) => rowKey(row)}
              loading={asked.isPlaceholderData || found === undefined}
              dataSource={(found?.rows ?? []) as Row[]}
              pagination={false}
              scroll={{ x: 'max-content' }}
              locale={{ emptyText: found ? <Nothing isFiltered={isFiltered} /> : ' ' }}
              {...(expanded ? { expandable: { expandedRowRender: expanded } } : {})}
              onChange={(_page, _filters, sorter) => {
                const { columnKey, order } = Array.isArray(sorter) ? (sorter[0] ?? {}) : sorter;
                void change({
                  ordering: order ? `${order === 'descend' ? '-' : ''}${String(columnKey)}` : undefined,
                });
              }}
              columns={columns.map(({ title, show, sort, isNumber }, index) => ({
                key: sort ?? `column-${index}`,
                title: say(title),
                render: (_value: unknown, row: Row) => show(row),
                ...(isNumber ? { align: 'right' as const } : {}),
                ...(title === ACTIONS ? { fixed: 'right' as const } : {}),
                ...(sort
                  ? {
                      sorter: true,
                      sortOrder:
                        ordering === sort
                          ? ('ascend' as const)
                          : ordering === `-${sort}`
                            ? ('descend' as const)
                            : null,
                    }
                  : {}),
              }))}
            />
          ) : (
            <Cards
              rows={found?.rows}
              columns={columns}
              rowKey={rowKey}
              expanded={expanded}
              isFiltered={isFiltered}
            />
          )}
        </section>
      )}
      {found && found.total > 0 && (
        <Flex justify="space-between" align="center" wrap gap={8}>
          <span className="faint" role="status">
            {found.isEstimate
              ? say({
                  zh: `超过 ${writeNumber(found.total, 'zh')} 条`,
                  en: `More than ${writeNumber(found.total, 'en')}`,
                })
              : say({
                  zh: `共 ${writeNumber(found.total, 'zh')} 条`,
                  en: `${writeNumber(found.total, 'en')} in all`,
                })}
          </span>
          <Pagination
            current={page}
            total={found.total}
            pageSize={PAGE_SIZE}
            showSizeChanger={false}
            hideOnSinglePage
            simple={!isWide}
            onChange={(to) => void turn(to)}
          />
        </Flex>
      )}
    </Flex>
  );
}

/** Rows where there is no room for a table. */
export function Cards<Row>({
  rows,
  columns,
  rowKey,
  expanded,
  isFiltered,
}: {
  rows: readonly Row[] | undefined;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => Key;
  expanded: ((row: Row) => ReactNode) | undefined;
  isFiltered: boolean;
}) {
  const say = useSay();
  if (!rows) return <Spin />;
  if (rows.length === 0) return <Nothing isFiltered={isFiltered} />;
  return (
    <Flex vertical gap={8} component="ul" className="cards">
      {rows.map((row) => (
        <li key={rowKey(row)}>
          <Card size="small">
            <dl>
              {columns.map(({ title, show }) => (
                <div key={title.en}>
                  <dt>{say(title)}</dt>
                  <dd>{show(row)}</dd>
                </div>
              ))}
            </dl>
            {expanded && (
              <details>
                <summary>{say({ zh: '详情', en: 'Details' })}</summary>
                {expanded(row)}
              </details>
            )}
          </Card>
        </li>
      ))}
    </Flex>
  );
}

type Change = ReturnType<typeof useListState>['change'];
/** Filters that the address keeps. */
export function FilterBar({
  filters,
  search,
  change,
  isFiltered,
}: {
  filters: readonly Filter[];
  search: Readonly<Record<string, string>>;
  change: Change;
  isFiltered: boolean;
}) {
  const say = useSay();
  return (
    <Flex gap={8} wrap role="search" aria-label={say({ zh: '筛选', en: 'Filters' })}>
      {filters.map((filter) => (
        <FilterField key={filter.name} filter={filter} value={search[filter.name]} change={change} />
      ))}
      {isFiltered && (
        <Button
          type="link"
          onClick={() => void change(Object.fromEntries(filters.map(({ name }) => [name, undefined])))}
        >
          {say({ zh: '清除筛选', en: 'Clear filters' })}
        </Button>
      )}
    </Flex>
  );
}

function FilterField({
  filter,
  value,
  change,
}: {
  filter: Filter;
  value: string | undefined;
  change: Change;
}) {
  const say = useSay();
  const { timezone } = usePlace();
  const { name, kind, choices, resets = [] } = filter;
  const label = say(filter.label);
  const set = (to: string | undefined) =>
    void change({ ...Object.fromEntries(resets.map((one) => [one, undefined])), [name]: to });
  if (choices)
    return (
      <Select
        allowClear
        aria-label={label}
        placeholder={label}
        // Of what was chosen one sees what it is about.
        prefix={value === undefined ? undefined : <span className="faint">{label}</span>}
        style={{ minWidth: 140 }}
        value={value ?? null}
        options={choices.map((one) => ({
          value: one.value,
          label: typeof one.label === 'string' ? one.label : say(one.label),
        }))}
        onChange={(chosen: string | undefined) => set(chosen)}
      />
    );
  if (kind === 'member' || kind === 'licence') {
    const Picker = kind === 'member' ? MemberPicker : LicencePicker;
    return (
      <Picker
        label={label}
        width={240}
        value={/^[1-9]\d{0,14}$/.test(value ?? '') ? Number(value) : undefined}
        onChange={(chosen) => set(chosen === undefined ? undefined : String(chosen))}
      />
    );
  }
  if (kind === 'actor') return <ActorPicker label={label} value={value} onChange={set} />;
  if (kind === 'day' || kind === 'first-day' || kind === 'last-day') {
    const asked = (day: string) =>
      kind === 'day' ? day : kind === 'first-day' ? startOf(day, timezone) : endOf(day, timezone);
    const shown = (at: string) => (kind === 'day' ? at : wallOf(at, timezone)).slice(0, 10);
    return (
      <Input
        type="date"
        aria-label={label}
        title={label}
        prefix={<span className="faint">{label}</span>}
        style={{ width: 230 }}
        value={value && !Number.isNaN(Date.parse(value)) ? shown(value) : ''}
        onChange={({ target }) => set(target.value ? asked(target.value) : undefined)}
      />
    );
  }
  return <SearchField key={name} label={label} value={value ?? ''} onSearch={set} />;
}

/** Asks when nothing was typed for a moment. */
function SearchField({
  label,
  value,
  onSearch,
}: {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  // The address may change by other means: the filters are cleared, one goes back.
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onSearch(text.trim()), SEARCH_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      allowClear
      type="search"
      aria-label={label}
      placeholder={label}
      style={{ width: 240 }}
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  );
}

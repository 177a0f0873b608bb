/** Points records as the member's page and the list of all of them show them: what moved, and why. */
import type { EventEntry, PointsRecord, StatementEntry } from '@membership/client';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from './act.tsx';
import { NEEDED_REASON } from './fields.ts';
import { MemberLink, To } from './links.tsx';
import type { Column } from './list-of.tsx';
import { Facts } from './page.tsx';
import { Whole } from './states.tsx';
import { Chain } from './trail.tsx';
import { Category, Code, Moment, Num, orNothing, Signed, State } from './values.tsx';
import { wordOf } from './words.ts';

export const RECORD_COLUMNS: readonly Column<PointsRecord>[] = [
  {
    title: { zh: '成员', en: 'Member' },
    show: ({ member_info }) => <MemberLink id={member_info.id} name={member_info.username} />,
  },
  {
    title: { zh: '时间', en: 'Time' },
    sort: 'created_at',
    show: ({ created_at }) => <Moment at={created_at} />,
  },
  { title: { zh: '类型', en: 'Kind' }, show: ({ point_type }) => <State name={point_type} /> },
  {
    title: { zh: '类别', en: 'Category' },
    show: (record) => <WhatFor record={record} />,
  },
  {
    title: { zh: '积分', en: 'Points' },
    isNumber: true,
    sort: 'points',
    show: ({ points }) => <Signed value={points} />,
  },
  {
    title: { zh: '余额', en: 'Balance' },
    isNumber: true,
    show: ({ balance_after }) => <Num value={balance_after} />,
  },
  { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
  {
    title: { zh: '原因', en: 'Reason' },
    show: ({ operation_reason, source_description }) => orNothing(operation_reason ?? source_description),
  },
];

/** What was set by hand, to the point, reads otherwise than what was earned in a category of that name. */
export function WhatFor({ record }: { record: PointsRecord | StatementEntry }) {
  const { category, subcategory, point_type, points, reverses_record_id } = record;
  const say = useSay();
  if (reverses_record_id !== null)
    return (
      <>
        {say({ zh: '冲正', en: 'Reversal' })} · <Category name={category} />
      </>
    );
  if (point_type === 'adjust')
    return say(
      points < 0 ? { zh: '人工扣除', en: 'Taken by hand' } : { zh: '人工给予', en: 'Given by hand' },
    );
  return (
    <>
      <Category name={category} />
      {subcategory && ` / ${subcategory}`}
    </>
  );
}

/** Where a record comes from: why it is so many, and what undid it. */
export const recordDetails = (record: PointsRecord) => (
  <>
    <Facts
      facts={[
        [{ zh: '编号', en: 'Id' }, <Code key="id" text={String(record.id)} />],
        [
          { zh: '原始积分 × 倍数', en: 'Asked × multiplier' },
          `${record.original_points} × ${record.tenant_multiplier}`,
        ],
        [{ zh: '变动前', en: 'Balance before' }, <Num key="before" value={record.balance_before} />],
        [{ zh: '来源', en: 'Source' }, <Source key="source" record={record} />],
        [
          { zh: '奖励规则', en: 'Award rule' },
          record.rule_id === null ? '–' : <RuleName key="rule" id={record.rule_id} />,
        ],
        [{ zh: '事件', en: 'Event' }, record.event_id ? <Code key="event" text={record.event_id} /> : '–'],
        [
          { zh: '操作人', en: 'Operator' },
          record.operator_id === null ? '–' : <MemberLink key="operator" id={record.operator_id} />,
        ],
        [{ zh: '批次', en: 'Batch' }, orNothing(record.batch_id)],
        [{ zh: '冲正的记录', en: 'Reverses record' }, orNothing(record.reverses_record_id)],
        [{ zh: '有效期至', en: 'Ends' }, <Moment key="ends" at={record.expires_at} />],
      ]}
    />
    <RecordChain record={record} />
    <Act
      method="post"
      path="/api/v1/points/points-records/{id}/cancel/"
      params={{ id: record.id }}
      label={{ zh: '取消此记录', en: 'Cancel this record' }}
      isDanger
      cannot={
        (record.status !== 'active' || record.reverses_record_id !== null) && {
          zh: '只有有效的、本身不是冲正的记录可以取消',
          en: 'Only an active record that is no reversal itself can be cancelled',
        }
      }
      says={<CancelSays record={record} />}
      fields={[NEEDED_REASON]}
      done={{ zh: '记录已取消', en: 'The record is cancelled' }}
    />
  </>
);

/** As a category it is all of them. */
const ONE_LICENCE = { zh: '许可证', en: 'Licence' };
function Source({ record: { source_type, source_id } }: { record: PointsRecord }) {
  const say = useSay();
  const word = source_type === 'license' ? ONE_LICENCE : wordOf(source_type);
  return `${say(word)}${source_id === null ? '' : ` #${source_id}`}`;
}
/** What a rule is called now; of one that is gone there is the id. */
function RuleName({ id }: { id: number }) {
  const { data } = useAsk('/api/v1/points/rules/', { params: { query: { ids: String(id) } } });
  return <To path="points/rules">{data?.results[0]?.name ?? `#${id}`}</To>;
}

const AROUND_MS = 5_000;
const SOON_MS = 3_000;
const YOUNG_MS = 60_000;
/** What led to a record, and what came of it. It is found among the member's events of its moment by its id. */
function RecordChain({ record: { id, member_info, created_at } }: { record: PointsRecord }) {
  const say = useSay();
  const isThis = ({ data }: EventEntry) => data['recordId'] === id;
  const around = (ms: number) => new Date(Date.parse(created_at) + ms).toISOString();
  const asked = useAsk(
    '/api/v1/stats/events/',
    {
      params: {
        query: {
          member_id: member_info.id,
          type: 'points.*',
          date_from: around(-AROUND_MS),
          date_to: around(AROUND_MS),
          page_size: 100,
        },
      },
    },
    // The trail hears of it a moment later; of one that is older it has heard, or never will.
    {
      everyMs: (answer) =>
        !answer?.results.some(isThis) && Date.now() - Date.parse(created_at) < YOUNG_MS && SOON_MS,
    },
  );
  return (
    <Whole of={asked}>
      {({ results }) => {
        const found = results.find(isThis);
        return found ? (
          <Chain id={found.id} />
        ) : (
          <p className="faint">
            {say({ zh: '审计记录中还没有此记录', en: 'The audit trail does not have this record yet' })}
          </p>
        );
      }}
    </Whole>
  );
}

function CancelSays({ record }: { record: PointsRecord }) {
  return (
    <>
      <Signed value={record.points} /> → <Signed value={-record.points} />
    </>
  );
}

/** Turns what a list or a summary of records is about into the query for them. */
import { given } from '@membership/platform/given';
import type { PointsRecord } from '../domain/record.ts';

export type RecordFilter = {
  memberId?: number | undefined;
  type?: string | undefined;
  category?: string | undefined;
  status?: string | undefined;
  isManual?: boolean | undefined;
  sourceType?: string | undefined;
  batchId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

/** A list by what never changes of a record: one that is in it once is in it for ever, whenever it was made. */
export type RecordList = Pick<RecordFilter, 'type' | 'category' | 'isManual'>;

export const isOfList = ({ status, from, to, sourceType, batchId }: RecordFilter): boolean =>
  [status, from, to, sourceType, batchId].every((value) => value === undefined);

export const isInList = (record: PointsRecord, { type, category, isManual }: RecordList): boolean =>
  (type ?? record.type) === record.type &&
  (category ?? record.category) === record.category &&
  (isManual === undefined || isManual === (record.sourceType === 'manual'));

/** Manual is a source of its own, so both are conditions on one field. */
function sourceQuery({ isManual, sourceType }: RecordFilter): Record<string, unknown> {
  if (isManual === undefined) return given({ sourceType });
  if (sourceType !== undefined)
    return { sourceType: (sourceType === 'manual') === isManual ? sourceType : { $in: [] } };
  return { sourceType: isManual ? 'manual' : { $ne: 'manual' } };
}

/** The records of a filter, whose tenant the repository adds. */
export function recordQuery(filter: RecordFilter): Record<string, unknown> {
  const { from, to, isManual: _manual, sourceType: _source, batchId, ...same } = filter;
  return given({
    ...same,
    ...sourceQuery(filter),
    // The index is of those that have a text; being equal to one does not say so.
    ...(batchId === undefined ? {} : { batchId: { $eq: batchId, $type: 'string' } }),
    ...(from || to ? { createdAt: given({ $gte: from, $lte: to }) } : {}),
  });
}

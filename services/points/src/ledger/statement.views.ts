/** Statements as clients see them: JSON, CSV, NDJSON. */
import type { z } from 'zod';
import type { statementEntry } from '@membership/contracts/endpoints/points/index';
import { CSV_MARK, csvLine } from '@membership/platform/csv';
import type { PointsRecord } from '../domain/record.ts';

type Entry = z.input<typeof statementEntry>;

export const entryView = (record: PointsRecord): Entry => ({
  record_id: record._id,
  created_at: record.createdAt.toISOString(),
  point_type: record.type,
  category: record.category,
  subcategory: record.subcategory,
  points: record.points,
  balance_before: record.balanceBefore,
  balance_after: record.balanceAfter,
  status: record.status,
  source_type: record.sourceType,
  source_id: record.sourceId,
  reason: record.reason,
  reverses_record_id: record.reversalOf ?? null,
});

const COLUMNS = [
  'record_id',
  'created_at',
  'point_type',
  'category',
  'subcategory',
  'points',
  'balance_before',
  'balance_after',
  'status',
  'source_type',
  'source_id',
  'reason',
  'reverses_record_id',
] as const satisfies readonly (keyof Entry)[];

/** The lines of a CSV file, its heading first. */
export async function* csvOf(records: AsyncIterable<PointsRecord>): AsyncGenerator<string> {
  yield CSV_MARK + csvLine(COLUMNS);
  for await (const record of records) {
    const entry = entryView(record);
    yield csvLine(COLUMNS.map((column) => entry[column]));
  }
}

/** A line of JSON for each record. */
export async function* ndjsonOf(records: AsyncIterable<PointsRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(entryView(record))}\n`;
}

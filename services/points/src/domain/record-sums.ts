/** What records add up to, by what they are filtered by most. Pure. */
import type { PointsRecord } from './record.ts';

/** Lists count no further (spec/api.md). */
export const COUNTED_AT_MOST = 10_000;

export type RecordSum = {
  readonly type: PointsRecord['type'];
  readonly category: string;
  readonly status: PointsRecord['status'];
  readonly isManual: boolean;
  readonly records: number;
  readonly earned: number;
  readonly spent: number;
};
/** The sums of a tenant's records, or of one member's, as they stood at a moment. */
export type KeptSums = {
  /** `<tenant>`, or `<tenant>:<member>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number | null;
  /** Of the records before this moment, with the status that they had then. */
  readonly until: Date;
  readonly sums: readonly RecordSum[];
};
export type SumFilter = {
  readonly type?: string | undefined;
  readonly category?: string | undefined;
  readonly status?: string | undefined;
  readonly isManual?: boolean | undefined;
};

const keyOf = ({ type, category, status, isManual }: RecordSum): string =>
  `${type} ${category} ${status} ${isManual}`;

/** Adds up sums that are about the same records; what comes to nothing is left out. */
export function merged(...all: readonly (readonly RecordSum[])[]): RecordSum[] {
  const sums = new Map<string, RecordSum>();
  for (const sum of all.flat()) {
    const sofar = sums.get(keyOf(sum));
    sums.set(
      keyOf(sum),
      sofar
        ? {
            ...sofar,
            records: sofar.records + sum.records,
            earned: sofar.earned + sum.earned,
            spent: sofar.spent + sum.spent,
          }
        : sum,
    );
  }
  return [...sums.values()].filter(
    ({ records, earned, spent }) => records !== 0 || earned !== 0 || spent !== 0,
  );
}

/** The sums that a filter leaves; any status where they are not by status. */
export const matching = <Sum extends Pick<RecordSum, 'type' | 'category' | 'isManual'> & Partial<RecordSum>>(
  sums: readonly Sum[],
  filter: SumFilter,
): Sum[] =>
  sums.filter(
    ({ type, category, status, isManual }) =>
      (filter.type ?? type) === type &&
      (filter.category ?? category) === category &&
      (filter.status ?? status) === status &&
      (filter.isManual ?? isManual) === isManual,
  );

/**
 * What a member earned, was asked to earn and spent on a day of the tenant, by category. The newest day stands in the
 * profile, which every movement writes anyway: daily limits are decided on it. Earlier days are filed on their own.
 */
export type DayCounts = {
  /** YYYY-MM-DD in the tenant's zone. */
  readonly day: string;
  readonly earned: Record<string, number>;
  /** Before multipliers. */
  readonly asked: Record<string, number>;
  readonly spent: Record<string, number>;
};

/** A day that is filed. */
export type DayTotals = DayCounts & {
  /** `<member>:<day>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
};

export const emptyDay = (day: string): DayCounts => ({ day, earned: {}, asked: {}, spent: {} });

export const copyOfDay = ({ day, earned, asked, spent }: DayCounts): DayCounts => ({
  day,
  earned: { ...earned },
  asked: { ...asked },
  spent: { ...spent },
});

/** Adds to a category's count. */
export function count(into: Record<string, number>, category: string, points: number): void {
  if (points !== 0) into[category] = (into[category] ?? 0) + points;
}

/** Adds the counts of one day to another's. */
export function addDay(into: DayCounts, { earned, asked, spent }: DayCounts): void {
  for (const [name, values] of Object.entries({ earned, asked, spent }))
    for (const [category, points] of Object.entries(values))
      count(into[name as 'earned' | 'asked' | 'spent'], category, points);
}

/** What to add to the stored day, by the paths of its fields. */
export function increments(totals: Pick<DayTotals, 'asked' | 'earned' | 'spent'>): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [name, values] of Object.entries(totals))
    for (const [category, value] of Object.entries(values)) all[`${name}.${category}`] = value;
  return all;
}

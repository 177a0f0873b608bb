/** What a member earned, was asked to earn and spent on one day of the tenant, by category. Daily limits are decided on it. */
export type DayTotals = {
  /** `<member>:<day>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
  /** YYYY-MM-DD in the tenant's zone. */
  readonly day: string;
  readonly earned: Record<string, number>;
  /** Before multipliers. */
  readonly asked: Record<string, number>;
  readonly spent: Record<string, number>;
};

/** Adds to a category's count. */
export function count(into: Record<string, number>, category: string, points: number): void {
  if (points !== 0) into[category] = (into[category] ?? 0) + points;
}

/** What to add to the stored day, by the paths of its fields. */
export function increments(totals: Pick<DayTotals, 'asked' | 'earned' | 'spent'>): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [name, values] of Object.entries(totals))
    for (const [category, value] of Object.entries(values)) all[`${name}.${category}`] = value;
  return all;
}

/** User levels: the ladder by points. Pure. */
export type Level = {
  readonly _id: number;
  readonly tenantId: number;
  name: string;
  code: string;
  order: number;
  minPoints: number;
  maxPoints: number | null;
  permissions: Record<string, unknown>;
  quotas: Record<string, number>;
  color: string;
  icon: string;
  description: string;
  isActive: boolean;
  isDefault: boolean;
  sequence: number;
  readonly createdAt: Date;
  updatedAt: Date;
};

/** A step of a ladder, whatever the ladder counts. */
export type Rung = Pick<Level, '_id' | 'minPoints' | 'order' | 'isActive' | 'isDefault'>;

/** The level that so many points give: the highest active one whose minimum is reached; the default below all. */
export function levelFor<L extends Rung>(levels: readonly L[], points: number): L | undefined {
  const reached = levels
    .filter((level) => level.isActive && level.minPoints <= points)
    .sort((left, right) => right.minPoints - left.minPoints || right.order - left.order);
  return reached[0] ?? levels.find((level) => level.isDefault);
}

/** The level after this one, or undefined at the top. */
export function nextLevel(levels: readonly Level[], current: Level | undefined): Level | undefined {
  return levels
    .filter((level) => level.isActive && level.minPoints > (current?.minPoints ?? -1))
    .sort((left, right) => left.minPoints - right.minPoints)[0];
}

/** Two active levels whose ranges share a value. */
export function overlapping(
  levels: readonly Pick<Level, '_id' | 'minPoints' | 'maxPoints' | 'isActive'>[],
): readonly [number, number] | undefined {
  const active = levels
    .filter((level) => level.isActive)
    .sort((left, right) => left.minPoints - right.minPoints);
  for (const [index, level] of active.entries()) {
    const next = active[index + 1];
    if (next && (level.maxPoints === null || level.maxPoints >= next.minPoints)) return [level._id, next._id];
  }
  return undefined;
}

/** (points − level.min) / (next.min − level.min) in percent, two decimals; 100 at the top (spec/api.md, "Worked numbers"). */
export function progress(
  levels: readonly Level[],
  current: Level | undefined,
  points: number,
): { next: Level | undefined; pointsToNext: number | null; percentage: number } {
  const next = nextLevel(levels, current);
  if (!next) return { next, pointsToNext: null, percentage: 100 };
  const from = current?.minPoints ?? 0;
  const share = (points - from) / (next.minPoints - from);
  return {
    next,
    pointsToNext: Math.max(0, next.minPoints - points),
    percentage: Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100,
  };
}

/** What an event says of a level. */
export const levelFact = (level: Level) => ({
  levelId: level._id,
  levelName: level.name,
  levelCode: level.code,
  levelOrder: level.order,
  minPoints: level.minPoints,
  maxPoints: level.maxPoints,
  isActive: level.isActive,
  isDefault: level.isDefault,
});

/** The levels of a ladder with those who are at each. Pure. */
import type { LevelFigure } from '../counting/figures.ts';

export type LevelShare = Readonly<Record<LevelFigure, number>> & {
  readonly id: string;
  readonly name: string;
};
type Figures = Partial<Record<LevelFigure, number>>;
type Definition = { readonly id: string; readonly name: string; readonly isRemoved: boolean };

/** The ladder with its figures. Members that were given no level are at the first; a removed level counts while it has members. */
export function sharesOf(
  { none, ...counted }: Readonly<Record<string, Figures>>,
  definitions: readonly Definition[],
): LevelShare[] {
  const first = definitions.find(({ isRemoved }) => !isRemoved)?.id;
  const shareOf = (id: string, name: string): LevelShare => {
    const more = id === first ? none : undefined;
    const sum = (figure: LevelFigure) => (counted[id]?.[figure] ?? 0) + (more?.[figure] ?? 0);
    return { id, name, members: sum('members'), spent: sum('spent'), points: sum('points') };
  };
  const known = new Set(definitions.map(({ id }) => id));
  return [
    ...definitions.map((one) => ({ ...shareOf(one.id, one.name), isRemoved: one.isRemoved })),
    // A definition that was never told: made by a version that announced none.
    ...Object.keys(counted)
      .filter((id) => !known.has(id))
      .map((id) => ({ ...shareOf(id, `#${id}`), isRemoved: true })),
  ].flatMap(({ isRemoved, ...share }) => (isRemoved && share.members === 0 ? [] : [share]));
}

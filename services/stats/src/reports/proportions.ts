/** How a number changed, in per cent with one decimal; null where there was nothing to compare with. */
export const changePercent = (today: number, yesterday: number): number | null =>
  yesterday === 0 ? null : Math.round(((today - yesterday) / yesterday) * 1_000) / 10;

/** Rounded; 0 where there is nobody. */
export const averageOf = (sum: number, members: number): number =>
  members === 0 ? 0 : Math.round(sum / members);
/** In per cent with one decimal. */
export const percentageOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part * 1_000) / whole) / 10;

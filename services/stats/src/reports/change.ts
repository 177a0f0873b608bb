/** How a number changed, in per cent with one decimal; null where there was nothing to compare with. */
export const changePercent = (today: number, yesterday: number): number | null =>
  yesterday === 0 ? null : Math.round(((today - yesterday) / yesterday) * 1_000) / 10;

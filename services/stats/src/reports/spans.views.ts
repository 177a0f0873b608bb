/** How whole days, weeks, months, quarters and years look to a client. */
import { plusDays, startOfDay } from '@membership/platform/calendar';
import type { Span } from '../retention/spans.ts';

export const endsView = (spans: readonly Span[]) => ({
  date_from: (spans[0] as Span).first,
  date_to: (spans.at(-1) as Span).last,
});
export const spanView = (zone: string, { period, first, last }: Span) => ({
  period,
  starts_at: startOfDay(zone, first).toISOString(),
  ends_at: startOfDay(zone, plusDays(last, 1)).toISOString(),
  date: first,
});

/** The days that charts are about, up to the tenant's today. The address says how many. */
import { Segmented } from 'antd';
import { usePlace } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { dayIn } from './format.ts';
import { useListState } from './list-state.ts';

const SPANS = [7, 30, 90, 365] as const;
const USUAL = 30;

/** How many days are looked at, and as what they are asked for. */
export function useSpan() {
  const { timezone } = usePlace();
  const { search } = useListState();
  const days = SPANS.find((one) => String(one) === search['days']) ?? USUAL;
  const now = new Date();
  const asked = { date_from: dayIn(timezone, now, 1 - days), date_to: dayIn(timezone, now), tz: timezone };
  return { days, asked };
}

export function SpanPicker() {
  const say = useSay();
  const { change } = useListState();
  const { days } = useSpan();
  return (
    <Segmented
      size="small"
      aria-label={say({ zh: '天数', en: 'Days' })}
      value={days}
      options={SPANS.map((value) => ({ value, label: say({ zh: `${value} 天`, en: `${value} days` }) }))}
      onChange={(chosen) => void change({ days: chosen === USUAL ? undefined : String(chosen) })}
    />
  );
}
/** One of several views of a chart, kept by the address under `name`; the first is shown unless it says another. */
export function useTurn<const Value extends string>(name: string, values: readonly [Value, ...Value[]]) {
  const { search, change } = useListState();
  const value = values.find((one) => one === search[name]) ?? values[0];
  const turn = (to: Value) => void change({ [name]: to === values[0] ? undefined : to });
  return [value, turn] as const;
}

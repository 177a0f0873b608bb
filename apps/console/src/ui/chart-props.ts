/** What a chart shows. */
import type { Text } from '../preferences.ts';

type Series = { readonly name: Text; readonly values: readonly number[]; readonly isFaint?: boolean };
export type ChartProps = {
  readonly label: Text;
  readonly days: readonly string[];
  readonly series: readonly Series[];
  readonly kind?: 'line' | 'bar';
};

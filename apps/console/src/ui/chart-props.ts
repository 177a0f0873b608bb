/** What a chart shows. */
import type { Text } from '../preferences.ts';

export type Series = {
  readonly name: Text;
  readonly values: readonly number[];
  /** The span before: beside what it is compared with, not in its place. */
  readonly isFaint?: boolean;
};
export type ChartProps = {
  readonly label: Text;
  /** What stands under the chart: days, months, names. */
  readonly across: readonly string[];
  /** What these are; dates unless it is said. */
  readonly acrossIs?: Text;
  readonly series: readonly Series[];
  readonly kind?: 'line' | 'bar';
};

/** ECharts by parts, loaded where a chart is. Its tooltips are drawn, too: as HTML they would carry markup, and break the policy. */
import { useEffect, useRef } from 'react';
import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { usePreferences, useSay } from '../preferences.ts';
import type { ChartProps } from './chart-props.ts';

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  TooltipComponent,
  AriaComponent,
  CanvasRenderer,
]);
const INK = { light: '#1f2937', dark: '#d6d9de' } as const;
const COLOURS = ['#1677ff', '#d4650a', '#7c3aed', '#0f9d58'];

export function ChartCanvas({ label, across, series, kind = 'line' }: ChartProps) {
  const say = useSay();
  const { colours } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  useEffect(() => {
    const drawn = init(place.current as HTMLDivElement);
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(place.current as HTMLDivElement);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(
      {
        color: COLOURS,
        animation: false,
        textStyle: { color: INK[colours] },
        legend: { textStyle: { color: INK[colours] }, top: 0, type: 'scroll' },
        grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
        tooltip: { trigger: 'axis', renderMode: 'richText' },
        xAxis: { type: 'category', data: [...across], axisLabel: { color: INK[colours] } },
        yAxis: {
          type: 'value',
          // Members and points are whole.
          minInterval: 1,
          axisLabel: { color: INK[colours] },
          splitLine: { lineStyle: { opacity: 0.25 } },
        },
        series: series.map(({ name, values, isFaint }) => ({
          name: say(name),
          type: kind,
          data: [...values],
          showSymbol: false,
          ...(isFaint
            ? {
                lineStyle: { type: 'dashed', opacity: 0.6 },
                itemStyle: { opacity: kind === 'bar' ? 0.45 : 1 },
              }
            : {}),
        })),
      },
      { notMerge: true },
    );
  });
  return <div ref={place} role="img" aria-label={say(label)} style={{ height: 260 }} />;
}

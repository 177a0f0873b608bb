/** A line chart, drawn on a canvas; the same figures stand in a table for who cannot see it. */
import { lazy, Suspense } from 'react';
import { Skeleton } from 'antd';
import { useSay } from '../preferences.ts';
import type { ChartProps } from './chart-props.ts';

const Canvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }));

export function Chart(props: ChartProps) {
  const say = useSay();
  const { label, days, series } = props;
  return (
    <figure className="chart">
      <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 260 }} />}>
        <Canvas {...props} />
      </Suspense>
      <details>
        <summary>{say({ zh: '以表格查看', en: 'As a table' })}</summary>
        <div className="scrolls" tabIndex={0} role="region" aria-label={say(label)}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say({ zh: '日期', en: 'Date' })}</th>
                {series.map(({ name }) => (
                  <th scope="col" key={name.en}>
                    {say(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.map((day, index) => (
                <tr key={day}>
                  <th scope="row">{day}</th>
                  {series.map(({ name, values }) => (
                    <td key={name.en} className="num">
                      {values[index] ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

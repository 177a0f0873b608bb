/** A line chart, drawn on a canvas; the same figures stand in a table for who cannot see it. */
import { lazy, Suspense } from 'react';
import { Skeleton } from 'antd';
import { useSay, type Text } from '../preferences.ts';
import type { ChartProps, Series } from './chart-props.ts';

const Canvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }));

/** The span before, where it was asked for. */
export const before = (name: Text, values: readonly number[] | undefined): Series[] =>
  values ? [{ name, values, isFaint: true }] : [];

export function Chart(props: ChartProps) {
  const say = useSay();
  const { label, across, acrossIs = { zh: '日期', en: 'Date' }, series } = props;
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
                <th scope="col">{say(acrossIs)}</th>
                {series.map(({ name }) => (
                  <th scope="col" key={name.en}>
                    {say(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {across.map((one, index) => (
                <tr key={one}>
                  <th scope="row">{one}</th>
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

/** A heat map as a table: what its colours say stands in it as numbers. */
import { usePreferences, useSay, type Text } from '../preferences.ts';
import { writeNumber } from './format.ts';

type Cell = {
  readonly percentage: number;
  /** Shown to who points at it. */
  readonly about: string;
  /** Its time has not ended: the number may still rise. */
  readonly isOpen: boolean;
};
export type HeatRow = { readonly name: string; readonly size: number; readonly cells: readonly Cell[] };
/** The deepest colour that words on it can still be read on, in both themes. */
const DEEPEST = 0.45;

export function HeatMap({
  label,
  rowIs,
  sizeIs,
  columns,
  rows,
}: {
  label: Text;
  rowIs: Text;
  sizeIs: Text;
  columns: readonly string[];
  rows: readonly HeatRow[];
}) {
  const say = useSay();
  const { language } = usePreferences();
  return (
    <div className="scrolls heat" tabIndex={0} role="region" aria-label={say(label)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say(rowIs)}</th>
            <th scope="col">{say(sizeIs)}</th>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, size, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">{writeNumber(size, language)}</td>
              {cells.map(({ percentage, about, isOpen }, index) => (
                <td
                  key={columns[index]}
                  title={about}
                  className={isOpen && size > 0 ? 'num open' : 'num'}
                  style={
                    size === 0
                      ? {}
                      : {
                          background: `color-mix(in srgb, var(--accent) ${percentage * DEEPEST}%, transparent)`,
                        }
                  }
                >
                  {size === 0 ? '–' : writeNumber(percentage, language)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A funnel: how many are left at each step, and what part that is of the step before. */
import { usePreferences, useSay, type Text } from '../preferences.ts';
import { writeNumber } from './format.ts';

type Step = { readonly name: Text; readonly value: number };

export function Funnel({ label, steps }: { label: Text; steps: readonly Step[] }) {
  const say = useSay();
  const { language } = usePreferences();
  const most = Math.max(1, ...steps.map(({ value }) => value));
  const shareOf = (value: number, before: number | undefined) =>
    before
      ? say({ zh: `上一步的 ${percent(value, before)}`, en: `${percent(value, before)} of the step before` })
      : '';
  const percent = (value: number, of: number) =>
    `${writeNumber(Math.round((value / of) * 1_000) / 10, language)}%`;
  return (
    <ol className="funnel" aria-label={say(label)}>
      {steps.map(({ name, value }, index) => (
        <li key={name.en}>
          <span>{say(name)}</span>
          <span className="bar" style={{ width: `${(value / most) * 100}%` }} />
          <span className="num">
            <strong>{writeNumber(value, language)}</strong>{' '}
            <span className="faint">{shareOf(value, steps[index - 1]?.value)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

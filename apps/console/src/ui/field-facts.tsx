/** What a form asks for, as it stands: the same names as in the form, each value as its kind is shown. */
import { useSay } from '../preferences.ts';
import type { Field, Values } from './fields.tsx';
import { valueAt } from './nested.ts';
import { Facts } from './page.tsx';
import { Json, Moment, Num, orNothing, YesNo } from './values.tsx';

export function FieldFacts({ fields, values }: { fields: readonly Field[]; values: object }) {
  return (
    <Facts
      facts={fields.map((field) => [
        field.label,
        <Shown key={field.name} field={field} value={valueAt(values as Values, field.name)} />,
      ])}
    />
  );
}

function Shown({ field: { kind, choices = [] }, value }: { field: Field; value: unknown }) {
  const say = useSay();
  const wordOf = (one: unknown) => {
    const label = choices.find((choice) => choice.value === one)?.label;
    if (label !== undefined) return typeof label === 'object' ? say(label) : label;
    return typeof one === 'string' ? one : JSON.stringify(one);
  };
  if (value === null || value === undefined) return orNothing(null);
  if (kind === 'json') return <Json value={value} />;
  if (kind === 'instant') return <Moment at={typeof value === 'string' ? value : null} />;
  if (typeof value === 'boolean') return <YesNo value={value} />;
  if (typeof value === 'number' && kind !== 'choice') return <Num value={value} />;
  return orNothing(Array.isArray(value) ? value.map(wordOf).join(' · ') : wordOf(value));
}

/** What a form asks for, as it stands: the same names as in the form, each value as its kind is shown. */
import type { ReactNode } from 'react';
import { useSay, type Text } from '../preferences.ts';
import { OPERATOR_WORDS, type Operator } from './conditions.ts';
import { inside, type Field, type Values } from './fields.ts';
import { valueAt } from './nested.ts';
import { Facts } from './page.tsx';
import { Moment, Num, orNothing, YesNo } from './values.tsx';

export function FieldFacts({ fields, values }: { fields: readonly Field[]; values: object }) {
  return (
    <Facts
      facts={labelled(fields).map(({ label, field }) => [
        label,
        <Shown key={field.name} field={field} value={valueAt(values as Values, field.name)} />,
      ])}
    />
  );
}

/** Each field by itself; of a group it says which. */
const labelled = (fields: readonly Field[]): { label: Text; field: Field }[] =>
  fields.flatMap((field) =>
    field.kind === 'group'
      ? labelled(inside(field)).map(({ label, field: one }) => ({
          label: { zh: `${field.label.zh}：${label.zh}`, en: `${field.label.en}: ${label.en}` },
          field: one,
        }))
      : [{ label: field.label, field }],
  );

function Shown({ field: { kind, choices = [] }, value }: { field: Field; value: unknown }) {
  const say = useSay();
  const wordOf = (one: unknown): string => {
    const label = choices.find((choice) => choice.value === one)?.label;
    if (label !== undefined) return typeof label === 'object' ? say(label) : label;
    return typeof one === 'string' ? one : JSON.stringify(one);
  };
  if (value === null || value === undefined) return orNothing(null);
  if (kind === 'pairs')
    return (
      <Lines
        lines={Object.entries(value).map(([name, one]) => (
          <>
            {wordOf(name)}: <Plain value={one} />
          </>
        ))}
      />
    );
  if (kind === 'conditions')
    return (
      <Lines
        lines={(value as readonly { field: string; operator: Operator; value: unknown }[]).map((one) => (
          <>
            {one.field} {say(OPERATOR_WORDS[one.operator])} <Plain value={one.value} />
          </>
        ))}
      />
    );
  if (kind === 'instant') return <Moment at={typeof value === 'string' ? value : null} />;
  if (kind !== 'choice' && (typeof value === 'number' || typeof value === 'boolean'))
    return <Plain value={value} />;
  return orNothing(Array.isArray(value) ? value.map(wordOf).join(' · ') : wordOf(value));
}

/** A value of which its type alone is known. */
function Plain({ value }: { value: unknown }) {
  if (value === null) return orNothing(null);
  if (typeof value === 'boolean') return <YesNo value={value} />;
  if (typeof value === 'number') return <Num value={value} />;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Lines({ lines }: { lines: readonly ReactNode[] }) {
  if (lines.length === 0) return orNothing(null);
  return lines.map((line, index) => <div key={index}>{line}</div>);
}

/** A value of a type that is chosen beside it. */
import type { ReactNode } from 'react';
import { AutoComplete, Button, Input, InputNumber, Select, Switch } from 'antd';
import { useSay, type Text } from '../preferences.ts';
import { KIND_WORDS, type Choice, type TypedKind, type TypedValue } from './typed-value.ts';

/** What a list of names to choose from needs: each is found by itself and by what it means, and any other may be typed. */
export const suggestions = (names: readonly Choice[], say: (text: Text) => string) => ({
  options: names.map(({ value, label }) => {
    const words = typeof label === 'string' ? label : say(label);
    return { value: String(value), label: words === String(value) ? words : `${words} · ${String(value)}` };
  }),
  showSearch: {
    filterOption: (typed: string, option?: { value: string; label: string }) =>
      // What is chosen already narrows nothing.
      names.some(({ value }) => value === typed) ||
      (option?.label ?? '').toLowerCase().includes(typed.trim().toLowerCase()),
  },
  popupMatchSelectWidth: false,
});

export function TypedControl({
  typed: { kind, value },
  kinds,
  words,
  values = [],
  onChange,
}: {
  typed: TypedValue;
  kinds: readonly TypedKind[];
  /** What it is the value of, for who cannot see where it stands. */
  words: string;
  /** What a text is known to be one of. */
  values?: readonly string[] | undefined;
  onChange: (typed: TypedValue) => void;
}) {
  const say = useSay();
  const change = (next: unknown) => onChange({ kind, value: next });
  const label = `${words} ${say({ zh: '的值', en: 'value' })}`;
  const controls: Record<TypedKind, ReactNode> = {
    text:
      values.length > 0 ? (
        <AutoComplete
          aria-label={label}
          value={value as string}
          options={values.map((one) => ({ value: one }))}
          onChange={change}
        />
      ) : (
        <Input aria-label={label} value={value as string} onChange={({ target }) => change(target.value)} />
      ),
    number: <InputNumber aria-label={label} value={value as number} onChange={change} />,
    switch: <Switch aria-label={label} checked={value === true} onChange={change} />,
    texts: <Several label={label} values={values} value={value as string[]} onChange={change} />,
    numbers: <Several label={label} value={value as string[]} onChange={change} />,
    nothing: <span className="faint">–</span>,
    json: (
      <Input.TextArea
        aria-label={label}
        className="mono"
        rows={2}
        spellCheck={false}
        value={value as string}
        onChange={({ target }) => change(target.value)}
      />
    ),
  };
  // A value of a kind that is not offered is shown as what it is, and stays.
  const offered = kinds.includes(kind) ? kinds : [...kinds, kind];
  return (
    <>
      {offered.length > 1 && (
        <Select
          aria-label={`${words} ${say({ zh: '的类型', en: 'type' })}`}
          value={kind}
          options={offered.map((one) => ({ value: one, label: say(KIND_WORDS[one]) }))}
          onChange={(chosen) => onChange({ kind: chosen })}
        />
      )}
      {controls[kind]}
    </>
  );
}

/** Typed one after the other, each ended by Enter or a comma. */
function Several({
  label,
  values = [],
  value,
  onChange,
}: {
  label: string;
  values?: readonly string[];
  value: string[] | undefined;
  onChange: (value: string[]) => void;
}) {
  return (
    <Select
      mode="tags"
      {...(values.length > 0
        ? { options: values.map((one) => ({ value: one })) }
        : { open: false, suffixIcon: null })}
      tokenSeparators={[',', '，']}
      aria-label={label}
      value={value ?? []}
      onChange={onChange}
    />
  );
}

/** Rows to fill in, any number of them. */
export function RowsToFill({
  id,
  words,
  rows,
  add,
  onAdd,
  onRemove,
}: {
  id?: string | undefined;
  words: string;
  rows: readonly ReactNode[];
  add: string;
  onAdd: () => void;
  onRemove: (index: number) => void;
}) {
  const say = useSay();
  return (
    <div id={id} role="group" aria-label={words} className="rows-to-fill">
      {rows.map((row, index) => (
        // Rows have no names of their own, and change their places only by one of them going.
        <div key={index} className="row-to-fill">
          {row}
          <Button
            type="text"
            aria-label={`${say({ zh: '移除', en: 'Remove' })} ${words} ${index + 1}`}
            onClick={() => onRemove(index)}
          >
            ×
          </Button>
        </div>
      ))}
      <Button size="small" onClick={onAdd}>
        + {add}
      </Button>
    </div>
  );
}

/** Names, and what stands beside each: quotas by name, limits by category, what a level permits. */
import { AutoComplete } from 'antd';
import { useSay } from '../preferences.ts';
import { RowsToFill, suggestions, TypedControl } from './typed-control.tsx';
import type { Choice, Pair, TypedKind } from './typed-value.ts';

export function Pairs({
  id,
  words,
  of,
  names,
  value = [],
  onChange,
}: {
  id?: string;
  words: string;
  of: readonly TypedKind[];
  names: readonly Choice[];
  value?: readonly Pair[];
  onChange?: (pairs: readonly Pair[]) => void;
}) {
  const say = useSay();
  const change = (index: number, pair: Pair) =>
    onChange?.(value.map((one, place) => (place === index ? pair : one)));
  return (
    <RowsToFill
      id={id}
      words={words}
      add={say({ zh: '添加', en: 'Add' })}
      onAdd={() => onChange?.([...value, { name: '', kind: of[0] as TypedKind }])}
      onRemove={(index) => onChange?.(value.filter((_one, place) => place !== index))}
      rows={value.map((pair, index) => (
        <>
          <AutoComplete
            aria-label={`${words} ${index + 1} ${say({ zh: '名称', en: 'name' })}`}
            placeholder={say({ zh: '名称', en: 'Name' })}
            {...suggestions(
              names.filter((one) => one.value === pair.name || !value.some(({ name }) => name === one.value)),
              say,
            )}
            value={pair.name}
            onChange={(name: string) => {
              const kind = names.find((one) => one.value === name)?.kind;
              change(
                index,
                kind && kind !== pair.kind && of.includes(kind) ? { name, kind } : { ...pair, name },
              );
            }}
          />
          <TypedControl
            typed={pair}
            kinds={of}
            words={`${words} ${index + 1}`}
            values={names.find((one) => one.value === pair.name)?.values}
            onChange={(typed) => change(index, { name: pair.name, ...typed })}
          />
        </>
      ))}
    />
  );
}

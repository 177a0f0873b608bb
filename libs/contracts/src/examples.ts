/** Reads the example of an endpoint: contracts give the thing (or one item of a list), or the whole answer as a seed shows it. */
import type { Endpoint } from './endpoint.ts';

type Keyed = Readonly<Record<string, unknown>>;
const has = (value: unknown, ...keys: readonly string[]): value is Keyed =>
  value !== null && typeof value === 'object' && keys.every((key) => key in value);

/** The thing inside a dialect's envelope, or the value itself when it stands bare. */
function inner({ dialect, kind }: Pick<Endpoint, 'dialect' | 'kind'>, example: unknown): unknown {
  if (dialect === 'drf') {
    if (kind !== 'action' || !has(example, 'success', 'message')) return example;
    const { success: _done, message: _sentence, ...thing } = example;
    return thing;
  }
  const envelope = dialect === 'code' ? ['code', 'message', 'data'] : ['success', 'data'];
  return has(example, ...envelope) ? example.data : example;
}

/** The things of an endpoint's response example, without envelope: one, or a list's items. Undefined without an example. */
export function exampleOf(one: Endpoint): { readonly things: readonly unknown[] } | undefined {
  const { kind, examples } = one;
  if (!examples || !('response' in examples)) return undefined;
  if (kind === 'bare') return { things: [examples.response] };
  const value = inner(one, examples.response);
  const key = one.itemsKey ?? 'results';
  const items = kind === 'list' && has(value, key) ? value[key] : undefined;
  return { things: Array.isArray(items) ? items : [value] };
}

/** Reads the example of an endpoint: contracts give the thing (or one item of a list), or the whole answer as a seed shows it. */
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints/index.ts';

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

/**
 * The things of an endpoint's response example, without envelope: one, or a list's items. An endpoint that answers with the
 * same schema as another (a detail and its list) has the other's example unless it gives one itself. Undefined without any.
 */
export function exampleOf(one: Endpoint): { readonly things: readonly unknown[] } | undefined {
  const owner = [one, ...allEndpoints].find(
    (other) => other.response === one.response && other.examples && 'response' in other.examples,
  );
  if (!owner || one.response === undefined) return undefined;
  const example = owner.examples?.response;
  if (owner.kind === 'bare' || owner.kind === 'stream') return { things: [example] };
  const value = inner(owner, example);
  const items =
    owner.kind === 'list' && has(value, owner.itemsKey ?? 'results')
      ? value[owner.itemsKey ?? 'results']
      : undefined;
  const things: readonly unknown[] = Array.isArray(items) ? items : [value];
  return { things: one.kind === 'list' ? things : things.slice(0, 1) };
}

/** What stands beside the items of a list, from its example: named by itself, or in the whole answer that a seed shows. */
export function besideExampleOf(one: Endpoint): Readonly<Record<string, unknown>> | undefined {
  const { beside, examples } = one;
  if (!beside || examples?.beside) return examples?.beside;
  const names = Object.keys(beside.shape);
  const value = inner(one, examples?.response);
  return has(value, ...names) ? Object.fromEntries(names.map((name) => [name, value[name]])) : undefined;
}

/** An example of a request's body; `{}` where nothing has to be in it. Undefined without one. */
export function requestExampleOf({ body, examples }: Endpoint): { readonly value: unknown } | undefined {
  if (examples && 'request' in examples) return { value: examples.request };
  return body?.safeParse({}).success ? { value: {} } : undefined;
}

/** Finds the endpoint of a request: a tree over path segments, read from the contracts. Trailing slashes do not matter. */
import type { Endpoint, Method } from './endpoint.ts';

type Node<T> = {
  literal: Map<string, Node<T>>;
  parameter?: Node<T>;
  methods?: Map<string, { names: string[]; target: T }>;
};
export type Match<T> =
  | { readonly found: true; readonly target: T; readonly params: Record<string, string> }
  | { readonly found: false; readonly allow: readonly string[] };

export class RouteTable<T extends Pick<Endpoint, 'method' | 'path'>> {
  readonly #root: Node<T> = { literal: new Map() };

  constructor(targets: Iterable<T>) {
    for (const target of targets) this.add(target);
  }

  /** Adds a target. Two targets of one method and path are a mistake and throw. */
  add(target: T): void {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of segments(target.path)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node = node.parameter ??= { literal: new Map() };
      } else {
        let next = node.literal.get(segment);
        if (!next) node.literal.set(segment, (next = { literal: new Map() }));
        node = next;
      }
    }
    node.methods ??= new Map();
    if (node.methods.has(target.method))
      throw new Error(`Two endpoints for ${target.method.toUpperCase()} ${target.path}`);
    node.methods.set(target.method, { names, target });
  }

  /**
   * The target of a method (any case) and a path without its query. Not found: the methods that the path allows, none when
   * there is no such path. A literal segment wins over a parameter. Encoded or empty segments match nothing.
   */
  match(method: string, path: string): Match<T> {
    const parts = segments(path);
    const values: string[] = [];
    const node = parts ? walk(this.#root, parts, 0, values) : undefined;
    if (!node?.methods) return { found: false, allow: [] };
    const hit = node.methods.get(method.toLowerCase());
    if (!hit) return { found: false, allow: allowed(node.methods.keys()) };
    const params: Record<string, string> = {};
    hit.names.forEach((name, index) => {
      params[name] = values[index] as string;
    });
    return { found: true, target: hit.target, params };
  }
}

/** Whoever answers GET answers HEAD, too. */
const allowed = (methods: Iterable<string>): string[] =>
  [...methods].flatMap((name) => (name === 'get' ? ['GET', 'HEAD'] : [name.toUpperCase()])).sort();

function walk<T>(node: Node<T>, parts: readonly string[], at: number, values: string[]): Node<T> | undefined {
  const part = parts[at];
  if (part === undefined) return node.methods ? node : undefined;
  const literal = node.literal.get(part);
  if (literal) {
    const found = walk(literal, parts, at + 1, values);
    if (found) return found;
  }
  if (!node.parameter || !/^[\w.~-]+$/.test(part) || part === '.' || part === '..') return undefined;
  values.push(part);
  const found = walk(node.parameter, parts, at + 1, values);
  if (!found) values.pop();
  return found;
}

/** Segments between slashes; one trailing slash is dropped, an empty segment inside stays and matches nothing. */
function segments(path: string): string[] {
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  return trimmed === '' ? [] : trimmed.split('/');
}

/** The path of an endpoint with its parameters filled in. */
export function pathFor(path: string, params: Readonly<Record<string, string | number>> = {}): string {
  return path.replace(/:(\w+)/g, (place, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${path} needs ${place}`);
    return encodeURIComponent(String(value));
  });
}

export type { Method };

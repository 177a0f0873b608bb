/**
 * Rooms: what lies at the first level of a package's sources: a folder, a single file, or both where they have one name. Files
 * without a circle can still be folders with one, and those can only be understood together.
 */

export type Module = {
  readonly source: string;
  readonly dependencies: readonly { readonly resolved: string }[];
};
/** From a name to the names that it imports, each with one import that shows it; in the order of the alphabet. */
export type Imports = ReadonlyMap<string, ReadonlyMap<string, string>>;

const SOURCE = /^((?:apps|libs|services)\/[^/]+)\/src\/([^/]+?)(?:\.tsx?)?(?:\/|$)/;
const TEST = /[.]test[.]tsx?$/;

/** `services/points`, or null for what belongs to none. */
export const packageOf = (source: string): string | null =>
  TEST.test(source) ? null : (SOURCE.exec(source)?.[1] ?? null);

/** `services/points/ledger`, or null for what lies in none; a file beside the folders is a room by itself. */
export function roomOf(source: string): string | null {
  const [, inPackage, room] = SOURCE.exec(source) ?? [];
  return room === undefined || TEST.test(source) ? null : `${inPackage}/${room}`;
}

/** What imports what, types included, once files are called by `nameOf`. */
export function importsBetween(
  modules: readonly Module[],
  nameOf: (source: string) => string | null,
): Imports {
  const imports = new Map<string, Map<string, string>>();
  for (const { source, dependencies } of modules) {
    const from = nameOf(source);
    if (from === null) continue;
    const here = imports.get(from) ?? new Map<string, string>();
    imports.set(from, here);
    for (const { resolved } of dependencies) {
      const to = nameOf(resolved);
      if (to !== null && to !== from && !here.has(to)) here.set(to, `${source} imports ${resolved}`);
    }
  }
  const inOrder = <T>(entries: ReadonlyMap<string, T>) =>
    [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
  return new Map(inOrder(imports).map(([from, here]) => [from, new Map(inOrder(here))]));
}

/** The shortest way from `from` to `to` along the imports, both included; null when there is none. */
function wayBetween(imports: Imports, from: string, to: string): string[] | null {
  const before = new Map<string, string>();
  const queue = [from];
  for (const at of queue) {
    for (const next of imports.get(at)?.keys() ?? []) {
      if (before.has(next)) continue;
      before.set(next, at);
      if (next !== to) {
        queue.push(next);
        continue;
      }
      const way = [to];
      for (let step = at; step !== from; step = before.get(step) as string) way.unshift(step);
      return [from, ...way];
    }
  }
  return null;
}

/** A sentence for each circle, with the imports that close it; every name in a circle is in at least one of them. */
export function circlesOf(imports: Imports): string[] {
  const told = new Set<string>();
  const circles: string[] = [];
  for (const name of imports.keys()) {
    const way = told.has(name) ? null : wayBetween(imports, name, name);
    if (!way) continue;
    for (const step of way) told.add(step);
    const shown = way.slice(1).map((to, index) => imports.get(way[index] as string)?.get(to));
    circles.push(`${way.join(' → ')}\n    ${shown.join('\n    ')}`);
  }
  return circles;
}

/** The imports without those that the others already lead to: the same order, fewer arrows. For imports without a circle. */
export function withoutShortcuts(imports: Imports): [from: string, to: string][] {
  return [...imports].flatMap(([from, here]) =>
    [...here.keys()]
      .filter((to) => ![...here.keys()].some((other) => other !== to && wayBetween(imports, other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

/** Parts of a batch that failed: smaller and smaller, until what made it fail is on its own. */

/**
 * Two parts of about the same size, in the items' order; what shares a key stays together. One part when that leaves
 * nothing to part.
 */
export function inParts<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): readonly (readonly Item[])[] {
  const groups = groupsOf(items, keysOf);
  if (groups.length < 2) return [items];
  const first = new Set<Item>();
  for (const group of groups) {
    if (first.size > 0 && first.size + group.length > items.length / 2) continue;
    for (const item of group) first.add(item);
  }
  return [items.filter((item) => first.has(item)), items.filter((item) => !first.has(item))];
}

/** Items that share keys, also by way of others. */
function groupsOf<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): readonly (readonly Item[])[] {
  const groupOf = new Map<string, Set<Item>>();
  const groups = new Set<Set<Item>>();
  for (const item of items) {
    const keys = keysOf(item);
    const mine = new Set([item]);
    for (const key of keys) {
      const known = groupOf.get(key);
      if (!known) continue;
      for (const other of known) mine.add(other);
      groups.delete(known);
    }
    groups.add(mine);
    for (const other of mine) for (const key of keysOf(other)) groupOf.set(key, mine);
  }
  return [...groups].map((group) => [...group]);
}

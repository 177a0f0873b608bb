/** Which events somebody wants: types, or patterns of them with `*`. */

/** `points.earned.v1`, `points.*`, `*.created.v1`, `*`. */
export const EVENT_PATTERN = /^(?:[a-z][a-z_]*|\*)(?:\.(?:[a-z][a-z_]*|\*)(?:\.(?:v[1-9]\d{0,3}|\*))?)?$/;

/** Whether a pattern takes a type: `*` is one part of it, at the end any number of them. */
export function matchesEventPattern(pattern: string, type: string): boolean {
  const wanted = pattern.split('.');
  const parts = type.split('.');
  const isOpen = wanted.at(-1) === '*';
  if (parts.length < wanted.length || (parts.length > wanted.length && !isOpen)) return false;
  return wanted.every((part, index) => part === '*' || part === parts[index]);
}

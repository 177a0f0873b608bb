/** Paths: which ones are looked at at all, and in whose voice an unknown one is refused. */
import type { Dialect } from '@membership/contracts/endpoint';

/** No path of the platform has other characters: an encoded slash, a dot segment in disguise or `..;` is nowhere. */
const PLAIN = /^\/[\w.~/-]*$/;

/**
 * The path of a request target, or undefined where there can be none: absolute and other odd forms, `//`, `.` and `..`
 * segments, anything encoded.
 */
export function pathOf(target: string): string | undefined {
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  if (
    !PLAIN.test(path) ||
    path.includes('//') ||
    path.includes('/./') ||
    path.includes('/../') ||
    path.endsWith('/.') ||
    path.endsWith('/..')
  )
    return undefined;
  return path;
}

const FAMILIES: readonly (readonly [string, Dialect])[] = [
  ['/api/v1/member-system', 'code'],
  ['/api/v1/applications', 'app'],
  ['/api/v1/points', 'drf'],
  ['/api/v1/vip', 'drf'],
  ['/api/v1/stats', 'drf'],
];

/** The dialect of a request target's family, however odd the rest of its path is. */
export function dialectOf(target: string): Dialect {
  const path = target.split('?', 1)[0] as string;
  const family = FAMILIES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  return family?.[1] ?? 'data';
}

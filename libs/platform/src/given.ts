/** What was named of optional fields: a change leaves the others as they are, a filter does not ask for them. */
import { isDeepStrictEqual } from 'node:util';

/** The fields without those that are undefined; null is a value. */
export const given = <T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;

/** Whether a change leaves a thing as it is: then there is no new version of it, and nothing to tell. */
export const changesNothing = <T extends object>(
  current: T,
  changes: { readonly [Name in keyof T]?: T[Name] | undefined },
): boolean =>
  Object.entries(changes).every(
    ([name, value]) => value === undefined || isDeepStrictEqual(value, current[name as keyof T]),
  );

/** What was named of optional fields: a change leaves the others as they are, a filter does not ask for them. */

/** The fields without those that are undefined; null is a value. */
export const given = <T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;

/** Award rules: whether a fact gives points, and how many. Pure. */
export type Condition = {
  readonly field: string;
  readonly operator: 'eq' | 'ne' | 'in' | 'gte' | 'lte';
  readonly value: unknown;
};
export type Rule = {
  readonly _id: number;
  readonly tenantId: number;
  version: number;
  name: string;
  eventType: string;
  conditions: Condition[];
  points: number;
  category: string;
  subcategory: string | null;
  reason: string | null;
  validFrom: Date | null;
  validTo: Date | null;
  order: number;
  isActive: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
};

/** What a new tenant begins with: 100 points for activating a licence (spec/events.md). */
export const standardRule = {
  name: '激活许可证奖励',
  eventType: 'assignment.activated.v1',
  conditions: [],
  points: 100,
  category: 'license',
  subcategory: 'activation',
  reason: '激活许可证奖励',
  validFrom: null,
  validTo: null,
  order: 100,
  isActive: true,
} satisfies Partial<Rule>;

const valueAt = (data: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      data,
    );

function holds({ field, operator, value }: Condition, data: unknown): boolean {
  const actual = valueAt(data, field);
  switch (operator) {
    case 'eq':
      return actual === value;
    case 'ne':
      return actual !== value;
    case 'in':
      return Array.isArray(value) && value.includes(actual);
    case 'gte':
      return typeof actual === typeof value && (actual as number) >= (value as number);
    case 'lte':
      return typeof actual === typeof value && (actual as number) <= (value as number);
  }
}

/** Rules that a fact of this type and data meets at this time, in their order. */
export function rulesFor(rules: readonly Rule[], eventType: string, data: unknown, at: Date): Rule[] {
  return rules
    .filter((rule) => rule.isActive && rule.eventType === eventType)
    .filter(
      (rule) =>
        (rule.validFrom === null || rule.validFrom <= at) && (rule.validTo === null || at <= rule.validTo),
    )
    .filter((rule) => rule.conditions.every((condition) => holds(condition, data)))
    .sort((left, right) => left.order - right.order || left._id - right._id);
}

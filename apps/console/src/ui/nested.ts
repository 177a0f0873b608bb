/** Names with dots lead inside of things: `limits.member_per_minute`. Pure, so that it can be tested. */
type Values = Readonly<Record<string, unknown>>;

/** What stands under a name. */
export const valueAt = (values: Values, name: string): unknown =>
  name.split('.').reduce<unknown>((inside, part) => (inside as Values | null | undefined)?.[part], values);

/** What was read under names with dots, as the things that it is inside of. */
export function nested(values: Values): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const [first = '', ...inside] = name.split('.');
    if (inside.length === 0) whole[first] = value;
    else whole[first] = { ...(whole[first] as Values), ...nested({ [inside.join('.')]: value }) };
  }
  return whole;
}

/** Requests a minute, by who asks: of a tenant and of a plan alike. */
import type { Text } from '../preferences.ts';
import type { Field } from './fields.ts';

export const LIMITS = {
  member_per_minute: { zh: '成员每分钟请求', en: 'Requests a minute, members' },
  admin_per_minute: { zh: '管理员每分钟请求', en: 'Requests a minute, administrators' },
  internal_per_minute: { zh: '服务每分钟请求', en: 'Requests a minute, services' },
} as const satisfies Record<string, Text>;
export type LimitName = keyof typeof LIMITS;
export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** `empty`: what it means to name none. */
export const limitFields = (empty: Text): Field<`limits.${LimitName}`>[] =>
  LIMIT_NAMES.map((name) => ({
    name: `limits.${name}`,
    label: LIMITS[name],
    kind: 'whole',
    min: 1,
    max: 1_000_000,
    help: empty,
  }));

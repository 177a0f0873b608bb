/** Says why the ledger refuses a command, beyond what the profile itself says. */
import { invalid, Refusal, refuse } from '@membership/contracts/errors';
import type { Book } from './book.ts';
import type { EarnCommand } from './command.ts';

/** 404: the tenant has no such profile, or has it not yet. */
export class NoProfile extends Refusal {
  constructor() {
    super('BIZ_001');
  }
}

/** A category that the tenant does not list. */
export function whyNotCategory(category: string, allowed: readonly string[]): Refusal | undefined {
  if (allowed.includes(category)) return undefined;
  return invalid({
    category: {
      zh: `无效的业务分类，可选：${allowed.join('、')}`,
      en: `Must be one of: ${allowed.join(', ')}`,
    },
  });
}

/** An expiry that is over already. */
export function whyPast(expiresAt: Date | null | undefined, now: Date): Refusal | undefined {
  return expiresAt && expiresAt <= now
    ? invalid({ expires_at: { zh: '过期时间必须晚于当前时间', en: 'Must be in the future' } })
    : undefined;
}

/** More than the category's limit of this day in the tenant's time zone. Limits count points before multipliers. */
export function whyOverLimit(book: Book, { category, points }: EarnCommand): Refusal | undefined {
  const { dailyLimits } = book.definitions.settings;
  const limit = Object.hasOwn(dailyLimits, category) ? dailyLimits[category] : undefined;
  if (limit === undefined) return undefined;
  const earned = book.askedToday(category);
  if (earned + points <= limit) return undefined;
  const text =
    category === 'login'
      ? { zh: '今日登录积分已达上限', en: "Today's limit of login points is reached" }
      : undefined;
  return refuse('DAILY_LIMIT_EXCEEDED', {
    details: { daily_limit: limit, earned_today: earned },
    ...(text ? { text } : {}),
  });
}

/** For the door, too, which knows better who exists. */
export const unknownReceiver = (): Refusal =>
  invalid({ to_member: { zh: '无效的会员ID', en: 'Unknown member id' } });

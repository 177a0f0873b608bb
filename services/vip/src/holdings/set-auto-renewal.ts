import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { quote } from '../tags/quote.ts';
import { switchAutoRenewal } from './auto-renewal.ts';
import { changeHolding, type HoldingStores } from './change-holding.ts';
import type { UserTag } from './user-tag.ts';

type Command = {
  readonly id: number;
  readonly isOn: boolean;
  /** So many days each time; left out: as before, else the tag's default. */
  readonly days?: number | undefined;
  readonly now: Date;
};
/** Any rate tells whether there is a price. */
const ANY_RATE = 1;

/**
 * Lets a member's tag renew itself with the member's points, or no longer. Refuses an unknown one (404; to a plain member
 * those of others), to switch on without days (400), and what `switchAutoRenewal` and a quote refuse.
 */
export const setAutoRenewal = (
  stores: HoldingStores,
  scope: TenantScope,
  { id, isOn, days: asked, now }: Command,
  unit: UnitOfWork,
): Promise<UserTag> =>
  changeHolding(stores, scope, { id, reason: null }, unit, (held, tag) => {
    if (!isOn) return switchAutoRenewal(held, { isOn, days: 0, tag, now });
    const days = asked ?? held.renewal?.days ?? tag.defaultDays;
    if (days === null)
      throw invalid({
        duration_days: {
          zh: '该标签没有默认天数，请指定天数',
          en: 'The tag has no default: name the days',
        },
      });
    const step = switchAutoRenewal(held, { isOn, days, tag, now });
    quote(tag.price, days, ANY_RATE);
    return step;
  });

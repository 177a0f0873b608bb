/** Counting an order as a part of something larger: in its transaction, and undone with it. */
import { Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import type { WebhookAction } from '../webhooks/webhook.ts';
import type { OrderFact } from './order-fact.ts';

/** Counts the order and says what became of the member level. */
export async function countWithin(
  ledger: Ledger,
  scope: TenantScope,
  { memberId, fact }: { memberId: number; fact: OrderFact },
  unit: UnitOfWork,
): Promise<WebhookAction> {
  const command = { kind: 'count_order', memberId, fact } as const;
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  // Nothing stands against it; if something did, points would have moved before it.
  if (outcome instanceof Refusal)
    throw new Error(`order ${fact.data.orderId} was not counted`, { cause: outcome });
  const { changed = false, current } = outcome.memberLevelChange ?? {};
  return { action: 'level_check', level_changed: changed, current_level: current?.name ?? null };
}

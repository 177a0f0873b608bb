/** Takes what other systems tell of members: once, whatever is repeated. The gateway has checked who tells it. */
import { Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { MemberDetailsKeeping } from '../memberships/member-details.ts';
import type { OrderRepository } from '../orders/order-repository.ts';
import type { Awarding } from '../rules/award-points.ts';
import { isAboutOrder, takeOrders, type OrderWebhook } from './take-orders.ts';
import {
  identityOf,
  whyToldDifferently,
  type HandledWebhook,
  type Webhook,
  type WebhookAction,
  type WebhookAnswer,
} from '../domain/webhook.ts';

export type WebhookTools = {
  readonly ledger: Ledger;
  readonly opening: ProfileOpening;
  readonly awarding: Awarding;
  readonly details: MemberDetailsKeeping;
  readonly orders: OrderRepository;
};
type Told = ReturnType<typeof identityOf> & {
  readonly index: number;
  readonly _id: string;
  readonly scope: TenantScope;
  readonly webhook: Webhook;
};
type Effect = readonly WebhookAction[] | Refusal;

/** Longer than any timestamp is accepted, and than shops repeat what was not answered. */
const REMEMBERED_MS = 30 * 86_400_000;

/**
 * Takes webhooks that came at the same moment in one transaction: many tellings of one order then wait for each other instead
 * of conflicting. What was done of each; a repeat gets the first answer. Refusals, each with nothing done: another content under
 * the same order or refund (CONFLICT), an unknown member (BIZ_001), and those of `takeOrders`.
 */
export async function takeWebhooks(
  tools: WebhookTools,
  items: readonly Item<Webhook>[],
  unit: UnitOfWork,
): Promise<(WebhookAnswer | Refusal)[]> {
  const told = items.map(({ scope, command: webhook }, index): Told => {
    const identity = identityOf(webhook);
    return { ...identity, index, _id: `${scope.tenantId}:${identity.key}`, scope, webhook };
  });
  const handled = await findHandled(tools.ledger, told, unit);
  const answers: (WebhookAnswer | Refusal)[] = [];
  const rows: HandledWebhook[] = [];
  for (let waiting: readonly Told[] = told; waiting.length > 0; ) {
    const fresh = new Map<string, Told>();
    const later: Told[] = [];
    for (const one of waiting) {
      const known = handled.get(one._id);
      if (known) answers[one.index] = whyToldDifferently(known, one.fingerprint) ?? known.answer;
      // The first that is told decides; when it is refused, the next one may not be.
      else if (fresh.has(one._id)) later.push(one);
      else fresh.set(one._id, one);
    }
    for (const [one, effect] of await effectsOf(tools, [...fresh.values()], unit))
      if (effect instanceof Refusal) answers[one.index] = effect;
      else {
        const row = handledOf(one, effect);
        handled.set(row._id, row);
        rows.push(row);
        answers[one.index] = row.answer;
      }
    waiting = later;
  }
  // Two of the same at once meet on its key: the later one runs again and finds the answer.
  if (rows.length > 0) await tools.ledger.models.webhooks.native.insertMany(rows, { session: unit.session });
  return answers;
}

async function findHandled(
  { models }: Ledger,
  told: readonly Told[],
  { session }: UnitOfWork,
): Promise<Map<string, HandledWebhook>> {
  const found = await models.webhooks
    .acrossTenants('webhooks of a batch: each key begins with its tenant')
    .find({ _id: { $in: told.map(({ _id }) => _id) } }, { session })
    .toArray();
  return new Map(found.map((row) => [row._id, row as HandledWebhook]));
}

function handledOf(
  { _id, scope, webhook, fingerprint, lasts }: Told,
  actions: readonly WebhookAction[],
): HandledWebhook {
  const createdAt = new Date();
  return {
    ...{ _id, tenantId: scope.tenantId, memberId: webhook.event_data.user_id ?? null, fingerprint },
    answer: { processed_actions: [...actions], processed_at: createdAt.toISOString() },
    createdAt,
    ...(lasts ? {} : { forgetAt: new Date(createdAt.getTime() + REMEMBERED_MS) }),
  };
}

/** What is done of each: orders all at once, what rules give for the others one by one. */
async function effectsOf(
  tools: WebhookTools,
  told: readonly Told[],
  unit: UnitOfWork,
): Promise<[Told, Effect][]> {
  const orders = told.flatMap((one) =>
    isAboutOrder(one.webhook) ? [{ one, scope: one.scope, webhook: one.webhook }] : [],
  );
  const ofOrders = await takeOrders(tools, orders, unit);
  const effects = orders.map(({ one }, index): [Told, Effect] => [one, ofOrders[index] as Effect]);
  for (const one of told) {
    const { webhook } = one;
    if (isAboutOrder(webhook)) continue;
    try {
      effects.push([one, await awardByRule(tools, one.scope, webhook, one.key, unit)]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      effects.push([one, error]);
    }
  }
  return effects;
}

async function awardByRule(
  { awarding, opening, details }: WebhookTools,
  scope: TenantScope,
  webhook: Exclude<Webhook, OrderWebhook>,
  key: string,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  const { user_id: memberId, ...data } = webhook.event_data;
  await opening.existingWithin(scope, memberId, unit);
  const at = new Date(webhook.timestamp);
  const isLogin = webhook.event_type === 'MEMBER_LOGIN';
  if (isLogin) await details.seen(scope, memberId, at, unit);
  const { granted, streakDays } = await awarding.awardWebhook(
    scope,
    { type: webhook.event_type, memberId, data, at, key },
    unit,
  );
  return [
    ...(streakDays === undefined ? [] : [{ action: 'login_counted' as const, consecutive_days: streakDays }]),
    ...granted.map(
      ({ ruleId, recordId, points, skipped }): WebhookAction =>
        skipped === null
          ? { action: 'points_earned', points, transaction_id: `PT${recordId}`, rule_id: ruleId }
          : { action: 'points_skipped', reason: skipped, rule_id: ruleId },
    ),
  ];
}

/** Where other systems tell what members did. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { GroupCommit } from '@membership/platform/group-commit';
import { implementGrouped, type Implementation } from '@membership/platform/http/implement';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { Webhook, WebhookAnswer } from '../domain/webhook.ts';

export const webhookRoutes = ({
  group,
  opening,
}: {
  readonly group: GroupCommit<Webhook, WebhookAnswer>;
  readonly opening: ProfileOpening;
}): Implementation[] => [
  implementGrouped(
    contracts.takeWebhook,
    group,
    async ({ scope, body }) => {
      const { user_id: memberId } = body.event_data;
      // A member that is only just known is looked up before the transaction that others share.
      if (memberId !== undefined) await opening.ensure(scope, memberId);
      return body;
    },
    (answer) => answer,
  ),
];

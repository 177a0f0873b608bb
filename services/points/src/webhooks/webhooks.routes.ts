/** Where other systems tell what members did. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import { implementWrite, type Implementation } from '@membership/platform/http/implement';
import { takeWebhook, type WebhookTools } from './take-webhook.ts';

export const webhookRoutes = (tools: WebhookTools): Implementation[] => [
  implementWrite(contracts.takeWebhook, async ({ scope, body, unit }) =>
    takeWebhook(tools, scope, body, unit),
  ),
];

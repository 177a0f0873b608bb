/** Outgoing webhooks: doors, for administrators. */
import * as contracts from '@membership/contracts/endpoints/gateway/index';
import { allEvents } from '@membership/contracts/events/index';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import {
  createEndpoint,
  deleteEndpoint,
  rotateEndpointSecret,
  updateEndpoint,
  type EndpointTools,
} from './manage-endpoints.ts';
import type { RecordTools } from './record-deliveries.ts';
import { pingEndpoint, replayDeliveries, retryDelivery } from './send-again.ts';
import { deliveryDetailView, deliveryView, endpointView } from './webhooks.views.ts';

const SORT_FIELDS = { created_at: 'createdAt' };
/** In place of a secret, for a repeated request: secrets are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';

/** By what its type, or either language, says of it. */
const eventsWith = (words: string) =>
  allEvents.filter(({ type, description: { zh, en } }) =>
    [type, zh, en].some((text) => text.toLowerCase().includes(words.toLowerCase())),
  );

export const webhooksRoutes = (tools: EndpointTools & RecordTools): Implementation[] => [
  implement(contracts.listWebhookEventTypes, ({ query: { page, page_size: size, search = '' }, http }) => {
    const found = eventsWith(search);
    const shown = found.slice((page - 1) * size, page * size);
    return {
      items: shown.map(({ type, description }) => ({ type, description: description[http.language] })),
      count: found.length,
    };
  }),
  implement(
    contracts.listWebhookEndpoints,
    async ({ scope, query: { page, page_size: size, ordering, is_enabled: isEnabled } }) => {
      const sort = sortOf(ordering, SORT_FIELDS);
      const found = await tools.endpoints.list(scope, { isEnabled }, sort, { page, size });
      return { ...found, items: found.items.map(endpointView) };
    },
  ),
  implementWrite(contracts.createWebhookEndpoint, async ({ scope, body, http, unit }) => {
    const { event_types: eventTypes, is_enabled: isEnabled, ...fields } = body;
    const given = { ...fields, eventTypes, isEnabled };
    const { endpoint, secret } = await createEndpoint(tools, scope, given, http.now, unit);
    const view = endpointView(endpoint);
    return reply({ ...view, secret }, { repeated: { ...view, secret: SHOWN_ONCE } });
  }),
  implement(contracts.getWebhookEndpoint, async ({ scope, params }) =>
    endpointView(await tools.endpoints.get(scope, params.id)),
  ),
  implementWrite(contracts.updateWebhookEndpoint, async ({ scope, params, body, http, unit }) => {
    const { event_types: eventTypes, is_enabled: isEnabled, ...fields } = body;
    const changes = { ...fields, eventTypes, isEnabled };
    return endpointView(await updateEndpoint(tools, scope, params.id, changes, http.now, unit));
  }),
  implementWrite(contracts.deleteWebhookEndpoint, async ({ scope, params, unit }) =>
    deleteEndpoint(tools, scope, params.id, unit),
  ),
  implementWrite(contracts.rotateWebhookEndpointSecret, async ({ scope, params, http, unit }) => {
    const rotated = await rotateEndpointSecret(tools, scope, params.id, http.now, unit);
    const until = { previous_valid_until: rotated.previousValidUntil.toISOString() };
    return reply({ secret: rotated.secret, ...until }, { repeated: { secret: SHOWN_ONCE, ...until } });
  }),
  implementWrite(contracts.pingWebhookEndpoint, async ({ scope, params, http, unit }) =>
    deliveryView(await pingEndpoint(tools, scope, params.id, http.now, unit)),
  ),
  implementWrite(contracts.replayWebhookDeliveries, async ({ scope, params, body, http, unit }) => {
    const range = { endpointId: params.id, ...body, to: body.to };
    const result = await replayDeliveries(tools, scope, range, http.now, unit);
    return reply(result, { params: { replayed: result.replayed } });
  }),
  implement(contracts.listWebhookDeliveries, async ({ scope, query }) => {
    const { page, page_size: size, ordering, endpoint_id: endpointId, status, type } = query;
    const { created_after: createdAfter, created_before: createdBefore } = query;
    const filter = { endpointId, status, type, createdAfter, createdBefore };
    const sort = sortOf(ordering, SORT_FIELDS);
    const found = await tools.deliveries.list(scope, filter, sort, { page, size });
    return { ...found, items: found.items.map(deliveryView) };
  }),
  implement(contracts.getWebhookDelivery, async ({ scope, params }) =>
    deliveryDetailView(await tools.deliveries.get(scope, params.id)),
  ),
  implementWrite(contracts.retryWebhookDelivery, async ({ scope, params, http, unit }) =>
    deliveryView(await retryDelivery(tools, scope, params.id, http.now, unit)),
  ),
];

/** Service clients: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/clients';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { ServiceClient } from '../domain/client.ts';
import {
  createClient,
  deleteClient,
  readySecret,
  rotateClientSecret,
  type ClientTools,
  type ReadySecret,
} from './manage-clients.ts';

const SORT_FIELDS = { client_id: '_id', created_at: 'createdAt' };
/** In place of a secret, for a repeated request: secrets are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';
const clientView = ({ id, name, scopes, createdAt }: ServiceClient) => ({
  client_id: id,
  name,
  scopes: [...scopes],
  created_at: createdAt.toISOString(),
});

export const clientsRoutes = (tools: ClientTools): Implementation[] => [
  implement(contracts.listClients, async ({ scope, query: { page, page_size: size, ordering, search } }) => {
    const sort = sortOf(ordering, SORT_FIELDS);
    const found = await tools.clients.list(scope, { search }, sort, { page, size });
    return { ...found, items: found.items.map(clientView) };
  }),
  implementWrite<typeof contracts.createClient, ReadySecret>(
    contracts.createClient,
    async ({ scope, body: { client_id: id, name, scopes }, http, unit, prepared }) => {
      const client = await createClient(tools, scope, { id, name, scopes }, prepared, http.now, unit);
      const view = clientView(client);
      return reply(
        { ...view, client_secret: prepared.secret },
        { repeated: { ...view, client_secret: SHOWN_ONCE } },
      );
    },
    { prepare: ({ scope, body }) => readySecret(tools, scope, body.client_secret) },
  ),
  implementWrite<typeof contracts.rotateClientSecret, ReadySecret>(
    contracts.rotateClientSecret,
    async ({ scope, params: { client_id: id }, body, http, unit, prepared }) => {
      const times = { keepHours: body.keep_previous_hours, now: http.now };
      const until = await rotateClientSecret(tools, scope, id, prepared, times, unit);
      const view = { client_id: id, previous_valid_until: until?.toISOString() ?? null };
      return reply(
        { ...view, client_secret: prepared.secret },
        { repeated: { ...view, client_secret: SHOWN_ONCE } },
      );
    },
    { prepare: ({ scope, body }) => readySecret(tools, scope, body.client_secret) },
  ),
  implementWrite(contracts.deleteClient, ({ scope, params, unit }) =>
    deleteClient(tools, scope, params.client_id, unit),
  ),
];

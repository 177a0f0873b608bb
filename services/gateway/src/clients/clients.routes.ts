/** Service clients: doors. */
import { randomBytes } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/gateway/clients';
import { invalid } from '@membership/contracts/errors';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { CallerRecords } from '../callers/records.ts';
import type { Passwords } from '../sessions/passwords.ts';
import type { ClientRepository, ServiceClient } from './client-repository.ts';

export type ClientTools = {
  readonly clients: ClientRepository;
  readonly passwords: Passwords;
  readonly records: CallerRecords;
};

const SORT_FIELDS = { client_id: '_id', created_at: 'createdAt' };
/** In place of a secret, for a repeated request: secrets are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';
const clientView = ({ id, name, scopes, createdAt }: ServiceClient) => ({
  client_id: id,
  name,
  scopes: [...scopes],
  created_at: createdAt.toISOString(),
});

export const clientsRoutes = ({ clients, passwords, records }: ClientTools): Implementation[] => [
  implement(contracts.listClients, async ({ scope, query: { page, page_size: size, ordering, search } }) => {
    const found = await clients.list(scope, { search }, sortOf(ordering, SORT_FIELDS), { page, size });
    return { ...found, items: found.items.map(clientView) };
  }),
  implementWrite(contracts.createClient, async ({ scope, body, http, unit }) => {
    const id = body.client_id ?? `client-${randomBytes(8).toString('hex')}`;
    const secret = body.client_secret ?? `cs_${randomBytes(32).toString('base64url')}`;
    if (await clients.findAnywhere(id, unit.session))
      throw invalid({ client_id: { zh: '该客户端ID已存在', en: 'This client id is taken' } });
    const client = {
      id,
      tenantId: scope.tenantId,
      name: body.name,
      scopes: [...new Set(body.scopes)],
      secretHash: await passwords.hash(secret),
      createdAt: http.now,
    };
    await clients.insert(scope, client, unit.session);
    unit.afterCommit(() => records.clients.forget(id));
    const view = clientView(client);
    return reply({ ...view, client_secret: secret }, { repeated: { ...view, client_secret: SHOWN_ONCE } });
  }),
  implementWrite(contracts.deleteClient, async ({ scope, params, unit }) => {
    await clients.delete(scope, params.client_id, unit.session);
    unit.afterCommit(() => records.clients.forget(params.client_id));
  }),
];

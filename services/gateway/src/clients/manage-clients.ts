/** Adding, changing the secrets of and deleting service clients. */
import { randomBytes } from 'node:crypto';
import { invalid } from '@membership/contracts/errors';
import { clientCreated, clientDeleted, clientSecretRotated } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import type { Passwords } from '../credentials/passwords.ts';
import { clientStateOf, newClient, rotated, type ServiceClient } from '../domain/client.ts';
import type { ClientRepository } from './client-repository.ts';

export type ClientTools = {
  readonly clients: ClientRepository;
  readonly passwords: Passwords;
  readonly records: CallerRecords;
};
/** A secret, the client's own or made here, and its hash, which takes long: made before the transaction. */
export type ReadySecret = { readonly secret: string; readonly secretHash: string };

export async function readySecret(
  { passwords }: ClientTools,
  { tenantId }: TenantScope,
  given: string | undefined,
): Promise<ReadySecret> {
  const secret = given ?? `cs_${randomBytes(32).toString('base64url')}`;
  return { secret, secretHash: await passwords.makeSecret(secret, tenantId) };
}

/** Adds a client. Refuses (400) an id that somebody has: ids are unique over the platform. */
export async function createClient(
  { clients, records }: ClientTools,
  scope: TenantScope,
  given: { readonly id?: string | undefined; readonly name: string; readonly scopes: readonly string[] },
  { secretHash }: ReadySecret,
  now: Date,
  unit: UnitOfWork,
): Promise<ServiceClient> {
  const id = given.id ?? `client-${randomBytes(8).toString('hex')}`;
  if (await clients.findAnywhere(id, unit.session))
    throw invalid({ client_id: { zh: '该客户端ID已存在', en: 'This client id is taken' } });
  const scopes = [...new Set(given.scopes)];
  const client = newClient({
    id,
    tenantId: scope.tenantId,
    name: given.name,
    scopes,
    secretHash,
    createdAt: now,
  });
  await clients.insert(scope, client, unit.session);
  unit.announce(scope, clientCreated, {
    subject: id,
    sequence: await clients.nextSequence(id, unit.session),
    data: clientStateOf(client),
  });
  unit.afterCommit(() => records.clients.forget(id));
  return client;
}

/** Gives a client another secret; returns until when the one before works. Refuses (404) an unknown client. */
export async function rotateClientSecret(
  { clients, records }: ClientTools,
  scope: TenantScope,
  id: string,
  { secretHash }: ReadySecret,
  { keepHours, now }: { readonly keepHours: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<Date | null> {
  const client = await clients.get(scope, id, unit.session);
  const keepUntil = keepHours === 0 ? null : new Date(now.getTime() + keepHours * 3_600_000);
  const changed = rotated(client, secretHash, keepUntil);
  await clients.save(scope, changed, unit.session);
  unit.announce(scope, clientSecretRotated, {
    subject: id,
    sequence: await clients.nextSequence(id, unit.session),
    data: { ...clientStateOf(changed), previousValidUntil: keepUntil?.toISOString() ?? null },
  });
  unit.afterCommit(() => records.clients.forget(id));
  return keepUntil;
}

/** Deletes a client. Refuses (404) one that the tenant does not have. */
export async function deleteClient(
  { clients, records }: ClientTools,
  scope: TenantScope,
  id: string,
  unit: UnitOfWork,
): Promise<void> {
  const client = await clients.get(scope, id, unit.session);
  await clients.delete(scope, id, unit.session);
  unit.announce(scope, clientDeleted, {
    subject: id,
    sequence: await clients.nextSequence(id, unit.session),
    data: clientStateOf(client),
  });
  unit.afterCommit(() => records.clients.forget(id));
}

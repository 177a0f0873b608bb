/** Adding, changing, rotating and revoking API keys. */
import {
  apiKeyCreated,
  apiKeyRevoked,
  apiKeyRotated,
  apiKeyUpdated,
} from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import {
  changeApiKey,
  hashOf,
  keyStateOf,
  newApiKey,
  newKeyId,
  newKeyText,
  revokeApiKey,
  rotateApiKey,
  type ApiKey,
  type ApiKeyChanges,
} from '../domain/api-key.ts';
import type { ApiKeyRepository } from './api-key-repository.ts';

export type KeyTools = { readonly keys: ApiKeyRepository; readonly records: Pick<CallerRecords, 'apiKeys'> };
/** A key, and itself in clear: to be shown this once. */
export type ShownKey = { readonly key: ApiKey; readonly text: string };

/** Adds a key. Refuses (400) an end that is past. */
export async function addApiKey(
  { keys }: KeyTools,
  scope: TenantScope,
  given: Pick<ApiKey, 'name' | 'scopes' | 'limitPerMinute' | 'expiresAt'>,
  now: Date,
  unit: UnitOfWork,
): Promise<ShownKey> {
  const id = newKeyId();
  const text = newKeyText(id);
  const { tenantId, actor } = scope;
  const key = newApiKey({ ...given, id, tenantId, createdBy: actor.id, secretHash: hashOf(text) }, now);
  await keys.insert(scope, key, unit.session);
  unit.announce(scope, apiKeyCreated, { subject: id, sequence: key.sequence, data: keyStateOf(key) });
  return { key, text };
}

/** Changes a key; nothing is announced when nothing changes. Refuses (404) an unknown one, (INVALID_STATE) a revoked one. */
export async function updateApiKey(
  tools: KeyTools,
  scope: TenantScope,
  id: string,
  changes: ApiKeyChanges,
  now: Date,
  unit: UnitOfWork,
): Promise<ApiKey> {
  const current = await tools.keys.get(scope, id, unit.session);
  const key = changeApiKey(current, changes, now);
  if (key === current) return current;
  await save(tools, scope, key, unit);
  unit.announce(scope, apiKeyUpdated, { subject: id, sequence: key.sequence, data: keyStateOf(key) });
  return key;
}

/** Gives a key another secret. Refuses (404) an unknown one, (INVALID_STATE) one that was revoked or has ended. */
export async function replaceApiKey(
  tools: KeyTools,
  scope: TenantScope,
  id: string,
  { keepHours, now }: { readonly keepHours: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<ShownKey> {
  const text = newKeyText(id);
  const keepUntil = new Date(now.getTime() + keepHours * 3_600_000);
  const key = rotateApiKey(await tools.keys.get(scope, id, unit.session), hashOf(text), keepUntil, now);
  await save(tools, scope, key, unit);
  unit.announce(scope, apiKeyRotated, {
    subject: id,
    sequence: key.sequence,
    data: { ...keyStateOf(key), previousValidUntil: keepUntil.toISOString() },
  });
  return { key, text };
}

/** Ends a key for good; one that was revoked before stays as it is. Refuses (404) an unknown one. */
export async function endApiKey(
  tools: KeyTools,
  scope: TenantScope,
  id: string,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const current = await tools.keys.get(scope, id, unit.session);
  const key = revokeApiKey(current, now);
  if (key === current) return;
  await save(tools, scope, key, unit);
  unit.announce(scope, apiKeyRevoked, { subject: id, sequence: key.sequence, data: keyStateOf(key) });
}

async function save({ keys, records }: KeyTools, scope: TenantScope, key: ApiKey, unit: UnitOfWork) {
  await keys.save(scope, key, unit.session);
  unit.afterCommit(() => records.apiKeys.forget(key.id));
}

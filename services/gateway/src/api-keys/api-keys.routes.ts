/** API keys: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/api-keys';
import { given } from '@membership/platform/given';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { prefixOf, statusOf, type ApiKey } from '../domain/api-key.ts';
import {
  addApiKey,
  endApiKey,
  replaceApiKey,
  updateApiKey,
  type KeyTools,
  type ShownKey,
} from './manage-api-keys.ts';

const SORT_FIELDS = { name: 'name', created_at: 'createdAt' };
/** In place of a key, for a repeated request: keys are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
const later = (one: Date | null, other: Date | null): Date | null =>
  one && other ? (one > other ? one : other) : (one ?? other);

function keyView(key: ApiKey, now: Date) {
  const { previous } = key;
  return {
    id: key.id,
    prefix: prefixOf(key.id),
    name: key.name,
    scopes: [...key.scopes],
    limit_per_minute: key.limitPerMinute,
    status: statusOf(key, now),
    expires_at: iso(key.expiresAt),
    last_used_at: iso(later(key.lastUsedAt, previous?.lastUsedAt ?? null)),
    previous: previous && {
      valid_until: previous.validUntil.toISOString(),
      last_used_at: iso(previous.lastUsedAt),
    },
    created_by: key.createdBy,
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
    revoked_at: iso(key.revokedAt),
  };
}
const shown = ({ key, text }: ShownKey, now: Date) => {
  const view = keyView(key, now);
  return reply({ ...view, api_key: text }, { repeated: { ...view, api_key: SHOWN_ONCE } });
};

export const apiKeysRoutes = (tools: KeyTools): Implementation[] => [
  implement(
    contracts.listApiKeys,
    async ({ scope, query: { page, page_size: size, ordering, ...filter }, http }) => {
      const sort = sortOf(ordering, SORT_FIELDS);
      const found = await tools.keys.list(scope, filter, http.now, sort, { page, size });
      return { ...found, items: found.items.map((key) => keyView(key, http.now)) };
    },
  ),
  implementWrite(contracts.createApiKey, async ({ scope, body, http, unit }) => {
    const { name, scopes, expires_at: expiresAt, limit_per_minute: limitPerMinute } = body;
    const command = { name, scopes, expiresAt, limitPerMinute };
    return shown(await addApiKey(tools, scope, command, http.now, unit), http.now);
  }),
  implement(contracts.getApiKey, async ({ scope, params, http }) =>
    keyView(await tools.keys.get(scope, params.key_id), http.now),
  ),
  implementWrite(contracts.updateApiKey, async ({ scope, params, body, http, unit }) => {
    const { name, scopes, expires_at: expiresAt, limit_per_minute: limitPerMinute } = body;
    const changes = given({ name, scopes, expiresAt, limitPerMinute });
    return keyView(await updateApiKey(tools, scope, params.key_id, changes, http.now, unit), http.now);
  }),
  implementWrite(contracts.rotateApiKey, async ({ scope, params, body, http, unit }) => {
    const times = { keepHours: body.keep_previous_hours, now: http.now };
    return shown(await replaceApiKey(tools, scope, params.key_id, times, unit), http.now);
  }),
  implementWrite(contracts.revokeApiKey, ({ scope, params, http, unit }) =>
    endApiKey(tools, scope, params.key_id, http.now, unit),
  ),
];

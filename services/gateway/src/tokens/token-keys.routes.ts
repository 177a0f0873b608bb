/** Keys of the platform's tokens: doors, for platform administrators. */
import * as contracts from '@membership/contracts/endpoints/gateway/token-keys';
import type { Deed } from '@membership/platform/deed';
import {
  implementOpen,
  implementOpenWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import {
  readyKey,
  rotateTokenKey,
  withdrawTokenKey,
  type ReadyKey,
  type TokenKeyTools,
} from './rotate-token-key.ts';
import { statusOf, type StoredTokenKey } from './token-key-state.ts';

const keyView = (key: StoredTokenKey, keys: readonly StoredTokenKey[], now: Date) => ({
  kid: key.kid,
  algorithm: key.algorithm,
  source: key.source,
  status: statusOf(key, keys, now),
  created_at: key.createdAt.toISOString(),
  signs_from: key.signsFrom.toISOString(),
  verifies_until: key.verifiesUntil?.toISOString() ?? null,
});
const viewOf = (kid: string, keys: readonly StoredTokenKey[], now: Date) =>
  keyView(keys.find((key) => key.kid === kid) as StoredTokenKey, keys, now);

export const tokenKeysRoutes = (
  tools: TokenKeyTools,
  deedOf: (http: RequestFacts) => Deed,
): Implementation[] => [
  implementOpen(contracts.listTokenKeys, async ({ query: { page, page_size: size }, http }) => {
    const keys = await tools.tokenKeys.list();
    const newest = [...keys].reverse().slice((page - 1) * size, page * size);
    return { items: newest.map((key) => keyView(key, keys, http.now)), count: keys.length };
  }),
  implementOpenWrite<typeof contracts.rotateTokenKey, ReadyKey>(
    contracts.rotateTokenKey,
    async ({ body, http, unit, prepared }) => {
      const order = { signsInSeconds: body.signs_in_seconds, now: http.now, deed: deedOf(http) };
      return viewOf(prepared.kid, await rotateTokenKey(tools, prepared, order, unit), http.now);
    },
    { prepare: () => readyKey(tools) },
  ),
  implementOpenWrite(contracts.withdrawTokenKey, async ({ params, http, unit }) => {
    const order = { now: http.now, deed: deedOf(http) };
    return reply(viewOf(params.kid, await withdrawTokenKey(tools, params.kid, order, unit), http.now));
  }),
];

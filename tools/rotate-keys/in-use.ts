/** Whether the platform makes with the newest value of a secret: before that, leaving the values of before out breaks what they made. */
import type { Client } from '@membership/contracts/client';
import * as gateway from '@membership/contracts/endpoints/gateway/index';
import { contextKey } from '@membership/platform/http/context';
import { heldSecret } from '@membership/platform/held-secret';
import { SecretBox } from '../../services/gateway/src/secrets/secret-box.ts';
import { tokenKey } from '../../services/gateway/src/tokens/token-keys.ts';

const everything = { query: { page_size: '100' } } as const;

/** Of the key of a service's contexts. */
export async function signsContexts(root: Client, service: string, value: string): Promise<boolean> {
  const { items } = await root.ask(gateway.listInternalKeys, everything);
  const signing = items.find((key) => key.service === service && key.status === 'signing');
  return signing?.kid === contextKey(value).kid;
}

/** Of WEBHOOK_SECRET_KEY, which the platform names when it seals anew. */
export const seals = (key: string, value: string): boolean =>
  new SecretBox(heldSecret(value)).kids[0] === key;

/** Of JWT_SECRET: its key signs tokens, or did until a rotation made another one. */
export async function signsTokens(root: Client, value: string): Promise<boolean> {
  const { items } = await root.ask(gateway.listTokenKeys, everything);
  const { kid } = tokenKey({ algorithm: 'HS256', issuer: '' }, value);
  const signing = items.find(({ status }) => status === 'signing');
  return signing?.kid === kid || (signing?.source === 'rotation' && items.some((key) => key.kid === kid));
}

/**
 * Failed proofs of identity, counted: 10 an account, 100 an address in 15 minutes, over all replicas and restarts. Who logs in
 * without a tenant under a name that nobody has, or several, is counted under that name: none of its holders is closed by it.
 */
import { refuse } from '@membership/contracts/errors';
import { digest } from '@membership/platform/scope';

export const ACCOUNT_MAXIMUM = 10;
export const ADDRESS_MAXIMUM = 100;
const PLATFORM_MAXIMUM = 100;
const CODE_MAXIMUM = 5;
const LINK_MAXIMUM = 5;
export const WINDOW_MILLISECONDS = 15 * 60 * 1000;

/** Who is counted. Keys are digests: no address and no name lies in the database. */
export const accountKey = (accountId: number): string => `account:${accountId}`;
/** `tenant`: as it was named; null where none was. */
export const nameOnlyKey = (tenant: string | number | null, usernameKey: string): string =>
  `name:${digest(String(tenant), usernameKey)}`;
/** Links that were asked for under a name: nobody's mailbox is filled by strangers. */
export const linkKey = (tenantId: number, usernameKey: string): string =>
  `link:${digest(String(tenantId), usernameKey)}`;
/** Codes of a second factor: who tries them knows the password, so there are few. */
export const codeKey = (memberId: number): string => `code:${memberId}`;
/** The platform's own administrators have no tenant to name: strangers' failures under their name must not lock them out. */
export const platformKey = (memberId: number): string => `platform:${memberId}`;
/** A member's own, whoever it is. */
export const ownKey = ({ id, tenantId }: { readonly id: number; readonly tenantId: number }): string =>
  tenantId === 0 ? platformKey(id) : accountKey(id);
export const clientKey = (clientId: string, address: string): string => `client:${digest(clientId, address)}`;
export const keyKey = (keyId: string, address: string): string => `key:${digest(keyId, address)}`;
export const addressKey = (address: string): string => `address:${digest(address)}`;
/** How many failures a key may have within the window. */
export function maximumOf(key: string): number {
  if (key.startsWith('address:')) return ADDRESS_MAXIMUM;
  if (key.startsWith('code:')) return CODE_MAXIMUM;
  if (key.startsWith('link:')) return LINK_MAXIMUM;
  return key.startsWith('platform:') ? PLATFORM_MAXIMUM : ACCOUNT_MAXIMUM;
}

/** 429 with the time to wait. */
export const tooManyFailures = (seconds: number) =>
  refuse('RATE_LIMITED', {
    text: {
      zh: '失败次数过多，请在 {seconds} 秒后重试',
      en: 'Too many failures; try again in {seconds} seconds',
    },
    params: { seconds },
    headers: { 'retry-after': String(seconds) },
  });

/** Failed proofs of identity, counted: 10 an account, 100 an address in 15 minutes, over all replicas and restarts. */
import { refuse } from '@membership/contracts/errors';
import { digest } from '@membership/platform/scope';

export const ACCOUNT_MAXIMUM = 10;
export const ADDRESS_MAXIMUM = 100;
export const WINDOW_MILLISECONDS = 15 * 60 * 1000;

/** Who is counted. Keys are digests: no address and no name lies in the database. */
export const accountKey = (accountId: number): string => `account:${accountId}`;
export const unknownNameKey = (tenantId: number | null, usernameKey: string): string =>
  `name:${digest(String(tenantId), usernameKey)}`;
export const clientKey = (clientId: string, address: string): string => `client:${digest(clientId, address)}`;
export const addressKey = (address: string): string => `address:${digest(address)}`;
/** How many failures a key may have within the window. */
export const maximumOf = (key: string): number =>
  key.startsWith('address:') ? ADDRESS_MAXIMUM : ACCOUNT_MAXIMUM;

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

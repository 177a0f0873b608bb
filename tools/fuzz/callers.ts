// Who asks: each kind of caller that the platform knows, with what it shows.
import { createClient } from '@membership/contracts/client';
import { issueServiceToken, login } from '@membership/contracts/endpoints/gateway/index';
import { DEMO_CLIENT } from '../demo-data.ts';

export const CALLERS = ['nobody', 'member', 'admin', 'service', 'root'] as const;
export type Caller = (typeof CALLERS)[number];
const ACCOUNTS = { member: 'john_doe', admin: 'admin_acme', root: 'root' } as const;

/** What has no end of its own, which is waited for: the statistics' own tests read it. */
export const ENDLESS: readonly string[] = ['streamFigures'];

/**
 * What ends sessions, suspends whoever asks, or takes their allowance: tried by everybody, but last, so that all else is
 * asked by somebody who may still ask.
 */
export const ENDING: readonly string[] = [
  'logout',
  'endOwnSession',
  'endMemberSession',
  'logOutBrowser',
  'withdrawTokenKey',
  'updateSecuritySettings',
  'acceptPasswordLink',
  'changePassword',
  'deactivateMember',
  'updateMember',
  'suspendTenant',
  'eraseTenant',
  'updateTenant',
  'deleteClient',
];

/** The headers of a caller of the demo tenant. */
export async function headersOf(
  caller: Caller,
  url: string,
  password: string,
): Promise<Record<string, string>> {
  const client = createClient({ baseUrl: url });
  switch (caller) {
    case 'nobody':
      return {};
    case 'service': {
      const { access_token } = await client.ask(issueServiceToken, {
        body: { grant_type: 'client_credentials', client_id: DEMO_CLIENT, client_secret: password },
      });
      return { Authorization: `Bearer ${access_token}` };
    }
    default: {
      const { access_token } = await client.ask(login, { body: { username: ACCOUNTS[caller], password } });
      return {
        Authorization: `Bearer ${access_token}`,
        ...(caller === 'root' ? { 'X-Tenant-ID': 'acme' } : {}),
      };
    }
  }
}

/**
 * Forgotten passwords: who asks is answered at once and alike, and what there is to do is done afterwards. So neither the answer
 * nor the time it takes tells whether a member exists. What a crash takes along is asked for again.
 */
import { refuse } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import { linkKey } from '../credentials/login-failures.ts';
import { nameKey, type Member } from '../domain/member.ts';
import { requestLink, type LinkTools } from './manage-password-links.ts';

export type LinkRequest = { readonly username: string; readonly tenant: string | number; readonly now: Date };
type Tools = LinkTools & {
  readonly transactions: Transactions;
  readonly logger: Logger;
};

const AT_ONCE = 100;

export class LinkRequests {
  readonly #tools: Tools;
  readonly #underway = new Set<Promise<void>>();
  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Takes a request on. Refuses (SYS_002) while too many are under way. */
  take(request: LinkRequest, scopeOf: (member: Member) => TenantScope): void {
    if (this.#underway.size >= AT_ONCE) throw refuse('SYS_002', { headers: { 'retry-after': '5' } });
    const work = this.#serve(request, scopeOf)
      .catch((error: unknown) =>
        this.#tools.logger.error({ err: error }, 'a link for a forgotten password was not made'),
      )
      .finally(() => this.#underway.delete(work));
    this.#underway.add(work);
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#underway);
  }

  async #serve(
    { username, tenant: named, now }: LinkRequest,
    scopeOf: (member: Member) => TenantScope,
  ): Promise<void> {
    const { tenants, members, failures, transactions } = this.#tools;
    const isId = typeof named === 'number' || /^[1-9]\d{0,15}$/.test(named);
    const tenant = await (isId ? tenants.find(Number(named)) : tenants.findByCode(named));
    if (!tenant?.isActive) return;
    const member = await members.findNamed(username, tenant.id);
    if (!member?.isActive) return;
    if ((await failures.count([linkKey(tenant.id, nameKey(username))], now)).size > 0) return;
    await transactions.run((unit) => requestLink(this.#tools, scopeOf(member), member.id, now, unit));
  }
}

/** Tenants by the host that was asked: `acme.members.example.com` where the gateway is `members.example.com`, or a host of its own. */
import { isHostName } from '@membership/contracts/endpoints/gateway/shapes';
import type { TenantRecord } from '../domain/caller.ts';
import { found, type CallerRecords } from '../storage/records.ts';
import { codeOfHost, hostNameOf } from './tenant-host.ts';

export class TenantHosts {
  readonly #records: Pick<CallerRecords, 'tenantsByCode' | 'tenantsByHost'>;
  readonly #publicUrl: string;
  readonly #own: string;
  constructor(records: Pick<CallerRecords, 'tenantsByCode' | 'tenantsByHost'>, publicUrl: string) {
    this.#records = records;
    this.#publicUrl = publicUrl;
    this.#own = new URL(publicUrl).hostname;
  }

  /** Whether a Host header may name a tenant: what cannot is not looked up. */
  mayName(host: string | undefined): boolean {
    return codeOfHost(host, this.#publicUrl) !== undefined || this.#foreignName(host) !== undefined;
  }

  /** The tenant that a Host header names, or null. */
  async tenantOf(host: string | undefined): Promise<TenantRecord | null> {
    const code = codeOfHost(host, this.#publicUrl);
    return code === undefined ? this.ownerOf(host) : found(this.#records.tenantsByCode.get(code));
  }

  /** The tenant whose own host it is, or null. */
  async ownerOf(host: string | undefined): Promise<TenantRecord | null> {
    const name = this.#foreignName(host);
    return name === undefined ? null : found(this.#records.tenantsByHost.get(name));
  }

  #foreignName(host: string | undefined): string | undefined {
    const name = host && hostNameOf(host);
    if (!name || name === this.#own || name.endsWith(`.${this.#own}`) || !isHostName(name)) return undefined;
    return name;
  }
}

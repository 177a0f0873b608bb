/** Who calls with a token of an external issuer: the member that its subject is, made when it is seen for the first time. */
import { createHash } from 'node:crypto';
import { Refusal, refuse } from '@membership/contracts/errors';
import { scopeOfFound } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import { isDuplicateKey } from '@membership/platform/transaction-failures';
import { RecordCache } from '../storage/record-cache.ts';
import { found, tenantNamed, type MemberRecord } from '../storage/records.ts';
import { createMember, type MemberTools } from '../members/manage-members.ts';
import type { ExternalIssuer } from './issuer.ts';
import type { IssuerRepository } from './issuer-repository.ts';
import { ForeignTokens, issuerNamedBy, type ForeignToken } from './foreign-tokens.ts';
import type { KeySets } from './key-sets.ts';
import { externalIdOf, joiningOf, roleOf, type CannotJoin } from './person.ts';

export type ForeignCaller = {
  readonly tenantId: number;
  readonly externalId: string;
  /** The most that this token gives. */
  readonly role: 'member' | 'admin';
  /** What a logout revokes: it is named by its text, for its own name (`jti`) may be anybody's. */
  readonly name: string;
  /** In seconds. */
  readonly expiresAt: number;
  readonly token: ForeignToken;
};
type Tools = {
  readonly issuers: IssuerRepository;
  readonly keySets: KeySets;
  readonly transactions: Transactions;
  readonly memberTools: MemberTools;
  /** The platform's own `iss`. */
  readonly ownIssuer: string;
};

/** Whoever waits for it has a request under way. */
const JOINING_MILLISECONDS = 8_000;
/** The end of 9999, in seconds: later than that is no date that a logout could be kept until. */
const LATEST = 253_402_300_799;
const SEPARATOR = '\n';
const keyOf = (tenantId: number, externalId: string): string => `${tenantId}${SEPARATOR}${externalId}`;

export class ForeignCallers {
  readonly #tools: Omit<Tools, 'keySets'>;
  readonly #tokens: ForeignTokens;
  readonly #issuers: RecordCache<string, readonly ExternalIssuer[]>;
  readonly #members: RecordCache<string, MemberRecord>;
  readonly #joining = new Map<string, Promise<void>>();

  constructor({ keySets, ...tools }: Tools) {
    this.#tools = tools;
    this.#tokens = new ForeignTokens(keySets);
    this.#issuers = new RecordCache({ load: (names) => tools.issuers.named(names), maximum: 2_000 });
    this.#members = new RecordCache({
      load: async (keys) => {
        const wanted = keys.map((key) => {
          const [tenantId, ...rest] = key.split(SEPARATOR);
          return { tenantId: Number(tenantId), externalId: rest.join(SEPARATOR) };
        });
        const rows = await tools.memberTools.members.recordsByExternalId(wanted);
        return new Map(rows.map((row) => [keyOf(row.tenantId, row.externalId), row]));
      },
    });
  }

  /** Whether a token says that somebody else made it. */
  isForeign(text: string): boolean {
    const issuer = issuerNamedBy(text);
    return issuer !== undefined && issuer !== this.#tools.ownIssuer;
  }

  /** After a change of one's own. */
  forget(issuer: string): void {
    this.#issuers.forget(issuer);
  }

  /** Whom a token means, checked. Refuses what `ForeignTokens.read` does, and (AUTH_003) one that several tenants could take. */
  async read(text: string, tenantHeader: string | undefined): Promise<ForeignCaller> {
    const all = (await found(this.#issuers.get(issuerNamedBy(text) as string))) ?? [];
    const named =
      all.length > 1 && tenantHeader !== undefined ? await this.#inTenant(all, tenantHeader) : all;
    const tokens = await this.#tokens.read(text, named.length > 0 ? named : all);
    const [token] = tokens as [ForeignToken, ...ForeignToken[]];
    if (tokens.some(({ issuer }) => issuer.tenantId !== token.issuer.tenantId))
      throw refuse('AUTH_003', {
        text: {
          zh: '多个租户信任此令牌的签发方和受众：请用 X-Tenant-ID 指明租户',
          en: 'Several tenants trust the issuer and audience of this token: name yours in X-Tenant-ID',
        },
      });
    const externalId = externalIdOf(token.issuer, token.claims.sub);
    if (externalId === null) throw refuse('AUTH_003');
    return {
      tenantId: token.issuer.tenantId,
      externalId,
      role: roleOf(token.issuer, token.claims),
      name: `text:${createHash('sha256').update(text).digest('base64url')}`,
      expiresAt: Math.min(token.claims.exp, LATEST),
      token,
    };
  }

  /**
   * The member's record. Refuses (403, with the reason) whom the tenant has not and who is not made: the token is good, and asking
   * for another one would not help.
   */
  async memberOf(caller: ForeignCaller): Promise<MemberRecord> {
    const key = keyOf(caller.tenantId, caller.externalId);
    const member = await found(this.#members.get(key));
    if (member) return member;
    if (!caller.token.issuer.createMembers) throw nobody({ reason: 'no_member' });
    await this.#join(key, caller);
    this.#members.forget(key);
    const joined = await found(this.#members.get(key));
    if (!joined) throw nobody({ reason: 'no_member' });
    return joined;
  }

  async #inTenant(issuers: readonly ExternalIssuer[], tenantHeader: string): Promise<ExternalIssuer[]> {
    const tenant = await tenantNamed(this.#tools.memberTools.records, tenantHeader.trim());
    return issuers.filter(({ tenantId }) => tenantId === tenant?._id);
  }

  /** Those who ask at once wait for one; another process's is found by the index. */
  #join(key: string, caller: ForeignCaller): Promise<void> {
    let joining = this.#joining.get(key);
    if (!joining) {
      joining = this.#make(caller).finally(() => this.#joining.delete(key));
      this.#joining.set(key, joining);
    }
    return joining;
  }

  async #make({ tenantId, externalId, token }: ForeignCaller): Promise<void> {
    const { transactions, memberTools } = this.#tools;
    const person = joiningOf(token.issuer, token.claims);
    if ('reason' in person) throw nobody(person);
    const scope = scopeOfFound(tenantId, {
      id: `external-issuer:${token.issuer.id}`,
      actor: {
        kind: 'system',
        id: null,
        name: `external-issuer:${token.issuer.id}`,
        role: 'system',
        scopes: [],
      },
      language: 'zh',
    });
    const member = { ...person, externalId, passwordHash: null };
    for (let attempt = 1; ; attempt++)
      try {
        await transactions.run((unit) => createMember(memberTools, scope, member, new Date(), unit), {
          deadline: performance.now() + JOINING_MILLISECONDS,
        });
        return;
      } catch (error) {
        // Somebody else was made meanwhile: looked at again, it shows whether it was the same person.
        if (isDuplicateKey(error) && attempt < 3) continue;
        const taken = error instanceof Refusal ? Object.keys(error.options.fields ?? {}) : [];
        if (taken.includes('external_id')) return;
        if (taken.length > 0) throw nobody({ reason: `${taken[0]}_taken` });
        throw error;
      }
  }
}

const TEXTS = {
  no_member: {
    zh: '令牌有效，但租户中没有与其 sub 对应的成员：请管理员新增成员并填写 external_id',
    en: 'The token is good, but the tenant has no member for its sub: an administrator adds one with this external_id',
  },
  other: {
    zh: '令牌有效，但无法据此新建成员：{reason}',
    en: 'The token is good, but no member can be made of it: {reason}',
  },
} as const;

const nobody = (why: CannotJoin | { readonly reason: string }) =>
  refuse('PERM_001', {
    text: why.reason === 'no_member' ? TEXTS.no_member : TEXTS.other,
    params: { reason: 'claim' in why ? `${why.reason} (${why.claim})` : why.reason },
    details: { ...why },
  });

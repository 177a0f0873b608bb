/** Facts about the external issuers whose tokens a tenant trusts. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

/** Asymmetric alone: what checks a token must not be able to make one. */
export const issuerAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
/** What an external issuer's tokens may give at most. */
export const externalRoles = ['member', 'admin'] as const;

const issuerState = z.object({
  issuerId: z.int().positive(),
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  jwksUri: z.string(),
  algorithms: z.array(z.string()),
  maxRole: z.enum(externalRoles),
  createMembers: z.boolean(),
  isEnabled: z.boolean(),
});
const state = { producer: 'gateway', aggregate: 'external_issuer', data: issuerState } as const;

export const externalIssuerCreated = defineEvent('external_issuer.created.v1', {
  ...state,
  description: {
    zh: '租户信任一个外部签发方：其令牌可用。',
    en: 'A tenant trusts an external issuer: its tokens are taken.',
  },
});
export const externalIssuerUpdated = defineEvent('external_issuer.updated.v1', {
  ...state,
  description: {
    zh: '外部签发方的公钥地址、算法、声明对应或角色有变，或被停用、启用。',
    en: 'Keys, algorithms, mapping or role of an external issuer changed, or it was disabled or enabled.',
  },
});
export const externalIssuerDeleted = defineEvent('external_issuer.deleted.v1', {
  ...state,
  description: {
    zh: '租户不再信任某个外部签发方。',
    en: 'A tenant trusts an external issuer no more.',
  },
});

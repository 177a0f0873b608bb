/** Licence files: signed, so that software checks them without a network; docs/licensing.md has the format. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { id, instant, instantInput, pathId } from '../../schemas.ts';
import { deviceId } from './shared.ts';

export const LICENSE_FILE_FORMAT = 'membership-license/1';
/** Days that a licence file lasts at most. */
export const LONGEST_FILE_DAYS = 90;

const signingKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  kid: z.string(),
  x: z.string(),
  created_at: instant,
  /** From then on it signs; one that comes next is here ahead of its time. */
  starts_at: instant,
  /** Since when it signs no more; files that it signed stay good. */
  retired_at: instant.nullable(),
  /** Since when what it signed is to be refused: others may know it. Left out of keys whose files are good. */
  withdrawn_at: instant.optional(),
});
const keyExample = {
  kty: 'OKP',
  crv: 'Ed25519',
  alg: 'EdDSA',
  use: 'sig',
  kid: 'lk_2f6a1c0de9b84b7f',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  created_at: '2024-08-02T00:00:00Z',
  starts_at: '2024-09-01T00:00:00Z',
  retired_at: null,
};

export const checkoutLicense = endpoint({
  service: 'licenses',
  access: ['member'],
  dialect: 'data',
  tag: 'My licences',
  name: 'checkoutLicense',
  method: 'post',
  path: '/api/v1/user/licenses/:assignment_id/checkout/',
  kind: 'action',
  summary: { zh: '签出离线许可证文件', en: 'Check out a licence file for use offline' },
  description: {
    zh: '为已绑定设备签发的文件，以 Ed25519 签名，软件无需联网即可验证。有效期为 `days` 天，若套餐的 `offline_days` 更少则以其为准，最迟与分配同时结束。文件签发后不能收回，解绑设备也不行：在有效期内，无论是否仍绑定，设备都占用其名额。',
    en: 'A file for a bound device, signed with Ed25519, that software verifies without a network. It ends after `days`, or after the plan’s `offline_days` when these are fewer, at the latest with the assignment. It cannot be called back, not by unbinding the device either: while it lasts, the device keeps its slot without a word, bound or not.',
  },
  params: z.object({ assignment_id: pathId }),
  body: z.strictObject({ device_id: deviceId, days: z.int().min(1).max(LONGEST_FILE_DAYS).default(30) }),
  response: z.object({
    assignment_id: id,
    device_id: z.string(),
    expires_at: instant,
    file_name: z.string(),
    /** What the file holds, as it is. */
    license_file: z.object({
      format: z.literal(LICENSE_FILE_FORMAT),
      key_id: z.string(),
      payload: z.string(),
      signature: z.string(),
    }),
  }),
  message: { zh: '离线许可证文件已签发', en: 'Licence file issued' },
  refusals: ['BIZ_001', 'INVALID_STATE', 'VALIDATION_ERROR'],
  examples: {
    request: { device_id: 'DESKTOP-XYZ789', days: 30 },
    response: {
      assignment_id: 1,
      device_id: 'DESKTOP-XYZ789',
      expires_at: '2024-10-24T10:00:00Z',
      file_name: 'license-1.lic',
      license_file: {
        format: LICENSE_FILE_FORMAT,
        key_id: 'lk_2f6a1c0de9b84b7f',
        payload: 'eyJpZCI6Ii4uLiJ9',
        signature: 'cPkWxXqM…',
      },
    },
  },
});

export const licenseKeys = endpoint({
  service: 'licenses',
  access: ['public'],
  dialect: 'data',
  tag: 'Licences',
  name: 'licenseKeys',
  method: 'get',
  path: '/.well-known/license-keys.json',
  kind: 'bare',
  summary: { zh: '离线许可证文件的公钥（JWK 集合）', en: 'Public keys of licence files (a JWK set)' },
  description: {
    zh: '当前签名的密钥、提前公布的下一个密钥（`starts_at`），以及已停用的密钥（直到其可能签发的最后一个文件到期）。',
    en: 'The key that signs, the next one ahead of its time (`starts_at`), and retired ones until the last file that they may have signed has ended.',
  },
  response: z.object({ keys: z.array(signingKey) }),
  examples: { response: { keys: [keyExample] } },
});

export const rotateSigningKey = endpoint({
  service: 'licenses',
  access: ['super'],
  dialect: 'data',
  tag: 'Licences',
  name: 'rotateSigningKey',
  method: 'post',
  path: '/api/v1/license-keys/rotate/',
  kind: 'action',
  summary: { zh: '启用新的许可证文件签名密钥', en: 'Sign licence files with a new key' },
  description: {
    zh: '立即生效；或在 `announce_days` 天后生效，使定期更新公钥的软件能及时得知。此后其余密钥不再签名，已有的文件仍然有效。密钥到一定期限也会自动轮换。可能已泄露的密钥应当撤回。',
    en: 'From now on, or, so that software that refreshes its copy of the keys knows it in time, in `announce_days`; the others sign no more from then on, files that exist stay good. It also happens by itself, by the age of the key. A key that others may know is to be withdrawn.',
  },
  body: z.strictObject({ announce_days: z.int().min(0).max(90).default(0) }),
  response: signingKey,
  message: { zh: '签名密钥已轮换', en: 'Signing key rotated' },
  examples: { request: {}, response: keyExample },
});

export const withdrawSigningKey = endpoint({
  service: 'licenses',
  access: ['super'],
  dialect: 'data',
  tag: 'Licences',
  name: 'withdrawSigningKey',
  method: 'post',
  path: '/api/v1/license-keys/:kid/withdraw/',
  kind: 'action',
  summary: { zh: '撤回可能已泄露的密钥', en: 'Withdraw a key that others may know' },
  description: {
    zh: '该密钥不再签名，由另一个密钥立即接替；持有最新公钥的验证方会拒绝它自此刻（或自可能泄露的时间 `since`）以来签发的文件。之前的文件在到期前（最迟90天后）仍然有效，自称签发于之前的伪造文件也是如此：更早的 `since`，例如该密钥的 `starts_at`，可拒绝更多此类文件，也会拒绝更多真实文件。以更早的 `since` 再次调用则以其为准。',
    en: 'It signs no more, another one signs at once, and verifiers with a fresh copy of the keys refuse what it signed since then, or since `since`, from which on it may have been known. Files of before stay good until they end, 90 days later at most, and so would forged ones that claim to be of before: an earlier `since`, such as the key’s `starts_at`, refuses more of both. Again with an earlier `since`: that counts.',
  },
  params: z.object({ kid: z.string().regex(/^lk_[0-9a-f]{16}$/) }),
  body: z.strictObject({ since: instantInput.optional() }),
  response: signingKey,
  message: { zh: '签名密钥已撤回', en: 'Signing key withdrawn' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR'],
  examples: {
    request: { since: '2024-09-20T00:00:00Z' },
    response: {
      ...keyExample,
      retired_at: '2024-09-24T10:00:00Z',
      withdrawn_at: '2024-09-20T00:00:00Z',
    },
  },
});

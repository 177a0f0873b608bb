/** Facts of the licences service. Each carries the whole state that it changes. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const instant = z.iso.datetime().nullable();
const productState = z.object({
  productId: id,
  name: z.string(),
  version: z.string(),
  applicationId: id.nullable(),
  isActive: z.boolean(),
});
const planState = z.object({
  planId: id,
  productId: id,
  name: z.string(),
  features: z.record(z.string(), z.unknown()),
  isActive: z.boolean(),
});
/** `licenseKey` never stands in an event: it opens the software. */
const licenseState = z.object({
  licenseId: id,
  productId: id,
  planId: id,
  applicationId: id.nullable(),
  maxActivations: z.int().positive(),
  status: z.enum(['active', 'revoked', 'expired']),
  expiresAt: instant,
});
const assignmentState = z.object({
  assignmentId: id,
  memberId: id,
  licenseId: id,
  productId: id,
  planId: id,
  applicationId: id.nullable(),
  productName: z.string(),
  planName: z.string(),
  status: z.enum(['assigned', 'active', 'suspended', 'revoked', 'expired']),
  assignedAt: z.iso.datetime(),
  activatedAt: instant,
  expiresAt: instant,
  reason: z.string().nullable(),
});
const deviceState = z.object({
  assignmentId: id,
  licenseId: id,
  memberId: id,
  deviceId: z.string(),
  boundDevices: z.int().min(0),
});

const product = { producer: 'licenses', aggregate: 'product', data: productState } as const;
const plan = { producer: 'licenses', aggregate: 'plan', data: planState } as const;
const license = { producer: 'licenses', aggregate: 'license', data: licenseState } as const;
const assignment = { producer: 'licenses', aggregate: 'assignment', data: assignmentState } as const;
const device = { producer: 'licenses', aggregate: 'assignment', data: deviceState } as const;

export const productCreated = defineEvent('product.created.v1', {
  ...product,
  description: { zh: '已添加产品。', en: 'A product was added.' },
});
export const productUpdated = defineEvent('product.updated.v1', {
  ...product,
  description: { zh: '产品已修改。', en: 'A product was changed.' },
});
export const productDeleted = defineEvent('product.deleted.v1', {
  ...product,
  description: { zh: '产品已停用。', en: 'A product was retired.' },
});
export const planCreated = defineEvent('plan.created.v1', {
  ...plan,
  description: { zh: '已添加套餐。', en: 'A plan was added.' },
});
export const planUpdated = defineEvent('plan.updated.v1', {
  ...plan,
  description: { zh: '套餐已修改。', en: 'A plan was changed.' },
});
export const planDeleted = defineEvent('plan.deleted.v1', {
  ...plan,
  description: { zh: '套餐已停用。', en: 'A plan was retired.' },
});
export const licenseIssued = defineEvent('license.issued.v1', {
  ...license,
  description: { zh: '许可证已签发。', en: 'A licence was issued.' },
});
export const licenseUpdated = defineEvent('license.updated.v1', {
  ...license,
  description: {
    zh: '许可证的限制已修改；其未结束的分配最迟随它一同结束。',
    en: 'The limits of a licence changed; its open assignments end with it at the latest.',
  },
});
export const licenseRevoked = defineEvent('license.revoked.v1', {
  ...license,
  description: {
    zh: '许可证已撤销，其分配一并撤销。',
    en: 'A licence was revoked, its assignments with it.',
  },
});
export const licenseDeleted = defineEvent('license.deleted.v1', {
  ...license,
  description: {
    zh: '许可证已从列表移除，其密钥不再发放；当时有效的许可证先由 license.revoked 告知撤销。',
    en: 'A licence was removed from the lists, and its key is given to no other; of one that was good until then license.revoked tells first.',
  },
});
export const licenseExpired = defineEvent('license.expired.v1', {
  ...license,
  description: { zh: '许可证已到期。', en: 'A licence reached its end.' },
});
export const licenseKeyRotated = defineEvent('license.key_rotated.v1', {
  ...license,
  description: { zh: '许可证换了新密钥。', en: 'A licence got a new key.' },
});
export const assignmentCreated = defineEvent('assignment.created.v1', {
  ...assignment,
  description: { zh: '许可证已分配给会员。', en: 'A licence was assigned to a member.' },
});
export const assignmentActivated = defineEvent('assignment.activated.v1', {
  ...assignment,
  description: {
    zh: '绑定了第一台设备：每个分配一生只有一次。',
    en: 'The first device was bound: once in the life of an assignment.',
  },
});
export const assignmentSuspended = defineEvent('assignment.suspended.v1', {
  ...assignment,
  description: {
    zh: '分配已暂停；其设备保持绑定。',
    en: 'An assignment was suspended; its devices stay bound.',
  },
});
export const assignmentResumed = defineEvent('assignment.resumed.v1', {
  ...assignment,
  description: {
    zh: '被暂停的分配恢复到原来的状态。',
    en: 'A suspended assignment went back to what it was.',
  },
});
export const assignmentRevoked = defineEvent('assignment.revoked.v1', {
  ...assignment,
  description: {
    zh: '分配已撤销；为终态，其设备已解绑。',
    en: 'An assignment was revoked; final, its devices are unbound.',
  },
});
export const assignmentExpired = defineEvent('assignment.expired.v1', {
  ...assignment,
  description: {
    zh: '分配已到期；为终态，其设备已解绑。',
    en: 'An assignment reached its end; final, its devices are unbound.',
  },
});
export const deviceBound = defineEvent('device.bound.v1', {
  ...device,
  description: {
    zh: '设备占用了一个名额。`boundDevices` 是此后该许可证已绑定的设备数。',
    en: 'A device took a slot. `boundDevices` counts the licence’s devices afterwards.',
  },
});
export const licenseUsageReported = defineEvent('license.usage_reported.v1', {
  producer: 'licenses',
  aggregate: 'assignment',
  data: z.object({
    assignmentId: id,
    licenseId: id,
    memberId: id,
    productId: id,
    planId: id,
    deviceId: z.string(),
    /** The interval as it stands after what was reported was joined with what it touches. */
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    addedSeconds: z.int().positive(),
    /** Of the assignment, in all. */
    usedSeconds: z.int().min(0),
  }),
  description: {
    zh: '设备上报了此前未知的使用量。`addedSeconds` 是新增的部分；重复上报不增加，也不产生事件。',
    en: 'A device reported usage that was not known yet. `addedSeconds` is what it added; a repeated report adds nothing and is not announced.',
  },
});
export const deviceUnbound = defineEvent('device.unbound.v1', {
  ...device,
  description: {
    zh: '设备归还了名额。许可证文件仍有效时解绑的设备，在文件到期时才归还。',
    en: 'A device gave its slot back. One that was unbound while a licence file of it lasted does so when that file ends.',
  },
});

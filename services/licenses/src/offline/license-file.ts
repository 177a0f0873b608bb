/** A licence file: who may run what on which device until when, and the signature over it (docs/licensing.md). */
import { randomUUID, sign, type KeyObject } from 'node:crypto';
import { LICENSE_FILE_FORMAT } from '@membership/contracts/endpoints/licenses/index';
import type { Assignment } from '../domain/assignment.ts';
import type { Plan, Product } from '../domain/product.ts';
import type { Device } from '../domain/device.ts';
import { earlierOf, endAfterDays, endText } from '../term.ts';

export type LicenseFile = {
  readonly format: typeof LICENSE_FILE_FORMAT;
  readonly key_id: string;
  readonly payload: string;
  readonly signature: string;
};
type Contents = {
  readonly assignment: Assignment;
  readonly device: Device;
  readonly product: Product | undefined;
  readonly plan: Plan | undefined;
  readonly expiresAt: Date;
  readonly now: Date;
};

/** When a file ends: after its days, as far as the plan allows them, at the latest with the assignment. */
export const fileEnd = (assignment: Assignment, days: number, now: Date): Date =>
  earlierOf(endAfterDays(now, days), assignment.expiresAt);

/** Signs a file. The signature covers format and key id too, so that neither can be exchanged. */
export function signedFile(
  { assignment, device, product, plan, expiresAt, now }: Contents,
  { _id: id, key, signsUntil }: { readonly _id: string; readonly key: KeyObject; readonly signsUntil: Date },
): LicenseFile {
  const contents = {
    id: randomUUID(),
    tenant_id: assignment.tenantId,
    license_id: assignment.licenseId,
    assignment_id: assignment._id,
    member_id: assignment.memberId,
    issued_at: now.toISOString(),
    expires_at: expiresAt.toISOString(),
    key_signs_until: signsUntil.toISOString(),
    assignment_expires_at: endText(assignment.expiresAt),
    device_id: device.deviceId,
    hardware_fingerprint: device.hardwareFingerprint,
    product: { id: assignment.productId, name: product?.name ?? '', version: product?.version ?? '' },
    plan: { id: assignment.planId, name: plan?.name ?? '' },
    features: plan?.features ?? {},
  };
  const payload = Buffer.from(JSON.stringify(contents)).toString('base64url');
  const signature = sign(null, Buffer.from(`${LICENSE_FILE_FORMAT}.${id}.${payload}`), key).toString(
    'base64url',
  );
  return { format: LICENSE_FILE_FORMAT, key_id: id, payload, signature };
}

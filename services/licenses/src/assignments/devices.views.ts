/** Devices and activations as clients see them. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { AssignmentStatus } from '../domain/assignment.ts';
import { quotaOf } from '../domain/license.ts';
import type { Activation } from '../domain/activation.ts';
import type { Device } from '../domain/device.ts';

export const bindingView = (
  device: Device,
  status: AssignmentStatus,
): ItemOf<typeof contracts.activateLicense>['device'] => ({
  device_id: device.deviceId,
  device_name: device.deviceName,
  bound_at: device.boundAt.toISOString(),
  last_seen_at: device.lastSeenAt.toISOString(),
  status: status === 'suspended' ? 'suspended' : 'active',
});

export const activationView = ({
  assignment,
  license,
  device,
  evicted,
}: Activation): ItemOf<typeof contracts.activateLicense> => ({
  assignment_id: assignment._id,
  status: assignment.status,
  activated_at: (assignment.activatedAt as Date).toISOString(),
  device: bindingView(device, assignment.status),
  evicted_device_id: evicted?.deviceId ?? null,
  lease_expires_at: device.leaseUntil?.toISOString() ?? null,
  license_quota: quotaOf(license),
});

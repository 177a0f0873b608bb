/** Products and plans as clients see them. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import { policyOf, type DefaultLimits, type Plan, type PlanPolicy, type Product } from '../domain/product.ts';

export const productView = (product: Product): ItemOf<typeof contracts.createProduct> => ({
  id: product._id,
  name: product.name,
  version: product.version,
  description: product.description,
  application_id: product.applicationId,
  is_active: product.isActive,
  created_at: product.createdAt.toISOString(),
  updated_at: product.updatedAt.toISOString(),
});

export const planView = (plan: Plan): ItemOf<typeof contracts.createPlan> => ({
  id: plan._id,
  product_id: plan.productId,
  name: plan.name,
  description: plan.description,
  features: plan.features,
  default_limits: {
    max_activations: plan.defaultLimits.maxActivations,
    max_concurrent_devices: plan.defaultLimits.maxConcurrentDevices,
    expires_days: plan.defaultLimits.expiresDays,
  },
  policy: policyView(policyOf(plan)),
  is_active: plan.isActive,
  created_at: plan.createdAt.toISOString(),
  updated_at: plan.updatedAt.toISOString(),
});

type WireLimits = {
  max_activations: number;
  max_concurrent_devices: number | null;
  expires_days: number | null;
};
export const limitsFrom = (limits: WireLimits): DefaultLimits => ({
  maxActivations: limits.max_activations,
  maxConcurrentDevices: limits.max_concurrent_devices,
  expiresDays: limits.expires_days,
});

type WirePolicy = {
  device_identity: PlanPolicy['deviceIdentity'];
  new_devices_limit: number | null;
  new_devices_days: number;
  validation_mode: PlanPolicy['validationMode'];
  grace_days: number;
  renews_from: PlanPolicy['renewsFrom'];
  lease_minutes: number | null;
  offline_days: number;
};
const policyView = (policy: PlanPolicy): WirePolicy => ({
  device_identity: policy.deviceIdentity,
  new_devices_limit: policy.newDevicesLimit,
  new_devices_days: policy.newDevicesDays,
  validation_mode: policy.validationMode,
  grace_days: policy.graceDays,
  renews_from: policy.renewsFrom,
  lease_minutes: policy.leaseMinutes,
  offline_days: policy.offlineDays,
});
export const policyFrom = (policy: WirePolicy): PlanPolicy => ({
  deviceIdentity: policy.device_identity,
  newDevicesLimit: policy.new_devices_limit,
  newDevicesDays: policy.new_devices_days,
  validationMode: policy.validation_mode,
  graceDays: policy.grace_days,
  renewsFrom: policy.renews_from,
  leaseMinutes: policy.lease_minutes,
  offlineDays: policy.offline_days,
});

/** Products and plans: what can be licensed. Retired ones stay, so that licences go on showing their names. */
import {
  LONGEST_FILE_DAYS,
  type DeviceIdentity,
  type RenewalStart,
} from '@membership/contracts/endpoints/licenses/index';
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/licenses';

export type Product = {
  _id: number;
  tenantId: number;
  name: string;
  version: string;
  description: string;
  applicationId: number | null;
  isActive: boolean;
  isRetired: boolean;
  /** Events announced about it. */
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
};

export type DefaultLimits = {
  maxActivations: number;
  maxConcurrentDevices: number | null;
  expiresDays: number | null;
};

export type PlanPolicy = {
  /** What makes a device: its id and its fingerprint, or its id alone. */
  deviceIdentity: DeviceIdentity;
  /** Different devices that an assignment may bind within `newDevicesDays`; null: no limit. */
  newDevicesLimit: number | null;
  newDevicesDays: number;
  /** What software does when its licence is not in order. */
  validationMode: 'block' | 'warn';
  /** Days after its end in which a licence still validates. */
  graceDays: number;
  /** Where the days of a late renewal count from: the licence's end, or now. */
  renewsFrom: RenewalStart;
  /** Minutes without a word after which a device gives its slot back; null: never. */
  leaseMinutes: number | null;
  /** Days that a licence file lasts at most. */
  offlineDays: number;
};
export const NO_POLICY: PlanPolicy = {
  deviceIdentity: 'id_and_fingerprint',
  newDevicesLimit: null,
  newDevicesDays: 30,
  validationMode: 'block',
  graceDays: 0,
  renewsFrom: 'now',
  leaseMinutes: null,
  offlineDays: LONGEST_FILE_DAYS,
};

export type Plan = {
  _id: number;
  tenantId: number;
  productId: number;
  name: string;
  description: string;
  features: Record<string, unknown>;
  defaultLimits: DefaultLimits;
  /** Absent in plans of before there were policies. */
  policy?: Partial<PlanPolicy>;
  /** When its licences' seats became floating, until the job `plan-leases` has given the devices that were bound before a lease. */
  leaseGivenAt?: Date | null;
  isActive: boolean;
  isRetired: boolean;
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
};

export const policyOf = (plan: Pick<Plan, 'policy'> | undefined): PlanPolicy => ({
  ...NO_POLICY,
  ...plan?.policy,
});

/** Whether other fields make the seats of a plan floating, which concerns devices that are bound already. */
export const givesLease = (before: Plan, after: Plan): boolean =>
  policyOf(before).leaseMinutes === null && policyOf(after).leaseMinutes !== null;

/** New licences are made of what is neither retired nor switched off. */
export const canBeLicensed = (thing: Pick<Product | Plan, 'isActive' | 'isRetired'>): boolean =>
  thing.isActive && !thing.isRetired;

export const productFact = (product: Product): FactOf<typeof facts.productCreated> => ({
  productId: product._id,
  name: product.name,
  version: product.version,
  applicationId: product.applicationId,
  isActive: canBeLicensed(product),
});

export const planFact = (plan: Plan): FactOf<typeof facts.planCreated> => ({
  planId: plan._id,
  productId: plan.productId,
  name: plan.name,
  features: plan.features,
  isActive: canBeLicensed(plan),
});

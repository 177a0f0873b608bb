/** Products and plans: what can be licensed. Retired ones stay, so that licences go on showing their names. */
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

export type Plan = {
  _id: number;
  tenantId: number;
  productId: number;
  name: string;
  description: string;
  features: Record<string, unknown>;
  defaultLimits: DefaultLimits;
  isActive: boolean;
  isRetired: boolean;
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
};

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

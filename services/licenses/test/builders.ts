/** What the tests of this service start from, in its own words. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Client } from '@membership/contracts/client';
import type { CallOf } from '@membership/contracts/endpoint';
import type { ServiceKit } from '@membership/platform/testing/service-kit';

let nextTenant = 100;
let nextMember = 10_000;

export type House = {
  readonly tenantId: number;
  readonly admin: Client;
  /** A member that the service knows, and its client. */
  aMember(state?: {
    username?: string;
    email?: string;
    displayName?: string;
    isActive?: boolean;
  }): Promise<{ memberId: number; client: Client }>;
  aLicense(
    body?: Partial<CallOf<typeof contracts.issueLicense>['body']>,
  ): Promise<{ id: number; license_key: string }>;
  /** A licence assigned to a member of its own. */
  anAssignment(options?: {
    licenseId?: number;
    memberId?: number;
    client?: Client;
    body?: Partial<CallOf<typeof contracts.createAssignment>['body']>;
  }): Promise<{ assignmentId: number; memberId: number; licenseId: number; client: Client }>;
  readonly productId: number;
  readonly planId: number;
};

/** A tenant of a test's own, or one that is there already, with a product and a plan. */
export async function aHouse(kit: ServiceKit, known?: number): Promise<House> {
  const tenantId = known ?? (await kit.aTenant({ tenantId: nextTenant++ }));
  const admin = kit.as({ role: 'admin', tenantId, userId: 3, name: 'admin' });
  const product = await admin.ask(contracts.createProduct, {
    body: { name: 'SuperApp Pro', version: '2.1.0' },
  });
  const plan = await admin.ask(contracts.createPlan, {
    body: {
      product_id: product.id,
      name: '专业版',
      features: { max_projects: 50, advanced_features: true, priority_support: true },
    },
  });
  const house: House = {
    tenantId,
    admin,
    productId: product.id,
    planId: plan.id,
    async aMember(state = {}) {
      const memberId = await kit.aMember({ tenantId, memberId: nextMember++, ...state });
      return { memberId, client: kit.as({ role: 'member', tenantId, userId: memberId }) };
    },
    aLicense: (body = {}) =>
      admin.ask(contracts.issueLicense, {
        body: { product_id: product.id, plan_id: plan.id, max_activations: 10, ...body },
      }),
    async anAssignment({ licenseId, memberId, client, body = {} } = {}) {
      const member =
        memberId === undefined
          ? await house.aMember()
          : { memberId, client: client ?? kit.as({ role: 'member', tenantId, userId: memberId }) };
      const license = licenseId ?? (await house.aLicense()).id;
      const { assignment_id: assignmentId } = await admin.ask(contracts.createAssignment, {
        body: { member_id: member.memberId, license_id: license, ...body },
      });
      return { assignmentId, memberId: member.memberId, licenseId: license, client: member.client };
    },
  };
  return house;
}

/** The body of an activation. */
export const device = (device_id: string) => ({ device_info: { device_id } });
export const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** Statuses of answers that came at once, in numeric order. */
export const statusesOf = (answers: readonly { readonly status: number }[]): number[] =>
  answers.map(({ status }) => status).sort((left, right) => left - right);

/** Moves an assignment's end into the past, as time would. */
export const letEnd = (kit: ServiceKit, assignmentId: number) =>
  kit.connection
    .collection<{ _id: number }>('assignments')
    .updateOne(
      { _id: assignmentId },
      { $set: { expiresAt: new Date(Date.now() - 1_000), ownExpiresAt: new Date(Date.now() - 1_000) } },
    );

/** What is kept of a product, a licence and an assignment. */

export type ProductRow = {
  readonly _id: number;
  readonly tenantId: number;
  readonly applicationId: number | null;
  readonly sequence: number;
};
export type LicenseRow = {
  readonly _id: number;
  readonly tenantId: number;
  readonly productId: number;
  readonly sequence: number;
};
export type AssignmentRow = {
  readonly _id: number;
  readonly tenantId: number;
  readonly licenseId: number;
  readonly productId: number;
  readonly isActive: boolean;
  readonly sequence: number;
};

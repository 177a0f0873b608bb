/** A member's list of its own licences, as answers about it are kept; without a member, those of all of a tenant. */
export const ownLicensesOf = (tenantId: number, memberId?: number) =>
  ({ kind: 'own_licenses', tenantId, id: memberId }) as const;

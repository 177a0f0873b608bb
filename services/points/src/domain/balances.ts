/** A member's profile with its tags, as answers about it are kept. */
export const balancesOf = (tenantId: number, memberId: number) =>
  ({ kind: 'balances', tenantId, id: memberId }) as const;

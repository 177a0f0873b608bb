/** A member's level that an administrator set: who did it, and why. */

export type LevelOperation = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly previousLevelId: number | null;
  readonly levelId: number;
  readonly reason: string | null;
  /** A note of the caller's; `actor` is who acted. */
  readonly operator: string | null;
  readonly actor: string;
  readonly createdAt: Date;
};

/** A member's tag, as vip's events tell it. */
export type TagProjection = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly sequence: number;
  readonly status: string;
  readonly expiresAt: Date | null;
  readonly graceEndsAt: Date | null;
  readonly tag: {
    readonly tagId: number;
    readonly tagName: string;
    readonly tagCode: string;
    readonly tagType: string;
    readonly tagColor: string;
    readonly permissionModifiers: Record<string, unknown>;
    readonly quotaModifiers: Record<string, unknown>;
  };
};

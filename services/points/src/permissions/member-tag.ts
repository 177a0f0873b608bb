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

/** What a tag gives, as vip's newest event about it tells. */
export type TagDefinition = {
  readonly _id: number;
  readonly tenantId: number;
  /** 0: only the tags that members have told of it so far. */
  readonly sequence: number;
  readonly tag: TagProjection['tag'];
};

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
  readonly sequence: number;
  readonly tag: TagProjection['tag'];
};

/** Tags with what they give by now: the fact of who holds one tells what it gave then. */
export const withNewest = (
  tags: readonly TagProjection[],
  definitions: ReadonlyMap<number, TagDefinition['tag']>,
): TagProjection[] => tags.map((one) => ({ ...one, tag: definitions.get(one.tag.tagId) ?? one.tag }));

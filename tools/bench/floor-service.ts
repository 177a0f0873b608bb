// What the floor of the reads is given to answer with: what the platform itself has answered.
export type FloorMember = {
  readonly memberId: number;
  readonly profile: unknown;
  readonly permissions: unknown;
  /** As the newest record is shown: new ones look like it. */
  readonly record: unknown;
};
export type FloorAnswers = {
  readonly members: readonly (FloorMember & { readonly records: readonly unknown[] })[];
  /** The list of levels, as text. */
  readonly levels: string;
};

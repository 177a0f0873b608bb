/** Which answers are kept, and what they are about. */
export const answerKinds = ['balances', 'levels', 'benefits', 'own_licenses', 'license_statistics'] as const;
export type AnswerKind = (typeof answerKinds)[number];
/** What answers are about; without `id` all of a tenant's. */
export type Subject = {
  readonly kind: AnswerKind;
  readonly tenantId: number;
  readonly id?: number | undefined;
};

/** A write about subjects, from before its commit to after it. */
export type Writing = { readonly subjects: readonly Subject[]; readonly mark: string };
/** Who keeps answers, and is told of what is written. */
export type AnswerKeeper = {
  /**
   * Before a commit: what is read from now on is not kept until the write has ended. `before`: what was said of it when it was
   * tried before. Undefined: nothing is kept of these. Never fails.
   */
  begin(subjects: readonly Subject[], before?: Writing): Promise<Writing | undefined>;
  /**
   * After a commit, before anybody is told of it: what was kept is read no more. Rejects with CommitUnknown when nobody can be
   * told. `isKnown: false`: it may still come to be committed.
   */
  end(writing: Writing | undefined, options?: { readonly isKnown?: boolean }): Promise<void>;
};

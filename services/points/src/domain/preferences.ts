/** What a member says about itself and of how it is written to. Pure. */

export type Preferences = {
  readonly notification_email: boolean;
  readonly notification_sms: boolean;
  readonly marketing_consent: boolean;
  /** Whether other members see this one on the leaderboards. */
  readonly show_on_leaderboards: boolean;
};
export type MemberDetails = {
  readonly _id: number;
  readonly tenantId: number;
  readonly nickname?: string | null;
  readonly birthday?: string | null;
  readonly preferences?: Partial<Preferences>;
  /** Counts the facts about the preferences. */
  readonly sequence?: number;
  readonly lastSeenAt?: Date;
  readonly updatedAt?: Date;
};
/** Nobody is written to for marketing, or by SMS, who has not asked for it. */
export const standardPreferences: Preferences = {
  notification_email: true,
  notification_sms: false,
  marketing_consent: false,
  show_on_leaderboards: true,
};

/** What award rules have given. */

/** An award rule's answer to one source: once each. */
export type Award = {
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
  readonly ruleId: number;
  readonly ruleVersion: number;
  readonly eventId: string;
  readonly recordId: number | null;
  readonly skipped: string | null;
  /** Before multipliers, and the tenant's day of the fact: what caps count. 0 when it was skipped. */
  readonly points: number;
  readonly day: string;
  readonly createdAt: Date;
};
/**
 * What a rule has given, in points before multipliers: to one member (`<rule>:<member>`), or to all (`<rule>:all`). Kept
 * while the rule has a cap; counted again from its awards when it has changed since, for it may have had none meanwhile.
 */
export type RuleGiven = {
  readonly _id: string;
  readonly tenantId: number;
  readonly ruleId: number;
  readonly version: number;
  readonly memberId?: number;
  readonly points: number;
  /** The newest day on which it gave to the member, and how much. */
  readonly day?: string;
  readonly today?: number;
};

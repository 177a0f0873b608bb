/** What liability is made of. */

/** Of points that were earned together: all of them, those that were used and those that ended unused. */
export type EarningSums = { readonly earned: number; readonly used: number; readonly expired: number };
/** How many points are worth one unit of the tenant's currency, and the sequence of the settings that said so. */
export type Rate = { readonly pointsPerUnit: number; readonly sequence: number };

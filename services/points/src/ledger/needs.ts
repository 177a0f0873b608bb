/** What a decision finds missing in a book. It is no error: it is loaded, and the command is decided again. */

/** Ids that the ledger gives away. */
export type IdName = 'records' | 'holds';
export type Missing =
  /** More of a member's lots, soonest end first. */
  | { readonly kind: 'lots'; readonly memberId: number }
  | { readonly kind: 'named_lots'; readonly memberId: number; readonly ids: readonly number[] }
  | { readonly kind: 'holds'; readonly memberId: number; readonly ids: readonly number[] }
  /** All holds of a member that are not settled. */
  | { readonly kind: 'open_holds'; readonly memberId: number }
  | { readonly kind: 'records'; readonly memberId: number; readonly ids: readonly number[] }
  /** Orders of the tenant, by the shop's ids of them. */
  | { readonly kind: 'orders'; readonly tenantId: number; readonly ids: readonly string[] }
  | { readonly kind: 'ids'; readonly name: IdName; readonly count: number };

export class Needs extends Error {
  readonly missing: Missing;
  constructor(missing: Missing) {
    super(`a decision needs ${missing.kind}`);
    this.missing = missing;
  }
}

/** What must be true of a purchase: granted and paid, or neither (spec/quality.md, invariant 5). Pure. */

export type Purchase = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly tagId: number;
  readonly status: 'requested' | 'completed' | 'failed';
  readonly points: number;
  readonly userTagId: number | null;
  readonly dueAt: Date;
  readonly settledAt: Date | null;
};
/** What vip and points have written down about one purchase. */
export type Traces = {
  /** Steps of the holding that name the purchase. */
  readonly grants: number;
  /** What points decided; null when it has not heard of it. */
  readonly decision: { readonly state: string; readonly holdId: number | null } | null;
  readonly hold: { readonly status: string; readonly points: number; readonly captured: number } | null;
  /** Points of the records that name the purchase. */
  readonly records: readonly number[];
  /** Points of those that later records gave back, or that are marked as undone. */
  readonly undone: number;
};
/** What became of it: `compensated` failed after its points were frozen, which were given back. */
export type Outcome = 'requested' | 'completed' | 'compensated' | 'failed';

export const outcomeOf = ({ status }: Purchase, { decision }: Traces): Outcome =>
  status === 'failed' && decision?.state === 'released' ? 'compensated' : status;

/** What does not add up. What is still on its way counts once it is later than `latest`. */
export function faultsOf(purchase: Purchase, traces: Traces, latest: Date): string[] {
  const { status, points, settledAt, dueAt } = purchase;
  const { grants, decision, hold, records, undone } = traces;
  const state = decision?.state ?? 'nothing';
  const faults: string[] = [];
  const must = (isTrue: boolean, otherwise: string) => {
    if (!isTrue) faults.push(otherwise);
  };
  const isLate = (settledAt ?? dueAt) <= latest;
  if (status === 'completed') {
    must(grants === 1, `completed, and granted ${grants} times`);
    if (points === 0) must(records.length === 0, 'cost nothing, and was paid');
    else if (state !== 'held' || isLate) {
      must(state === 'captured', `granted, and points have ${state}`);
      must(records.length === 1 && records[0] === -points, `costs ${points}, and was paid ${records.join()}`);
      must(undone === 0, `granted, and ${undone} of the points that paid for it were given back`);
      must(hold?.status === 'captured' && hold.captured === points, `its hold is ${hold?.status ?? 'gone'}`);
    }
    return faults;
  }
  must(grants === 0, `${status}, and granted ${grants} times`);
  must(records.length === 0, `${status}, and was paid ${records.join()}`);
  if (status === 'requested') must(!isLate, 'requested, and nobody settled it');
  else if (state === 'held') must(!isLate, 'failed, and its points are still frozen');
  else {
    must(
      ['nothing', 'rejected', 'withdrawn', 'released'].includes(state),
      `failed, and points have ${state}`,
    );
    must(hold === null || hold.status === 'released', `failed, and its hold is ${hold?.status ?? 'gone'}`);
  }
  return faults;
}

/** Decides what devices report of themselves, heartbeats and usage: pure, in order, each seeing what those before it did. */
import { Refusal, invalid, notFound } from '@membership/contracts/errors';
import { requireInUse, statusAt, type Assignment } from '../domain/assignment.ts';
import type { License } from '../domain/license.ts';
import { DAY, earlierOf } from '../term.ts';
import {
  bridged,
  joinSpans,
  reachOf,
  secondsOf,
  wholeSecond,
  type Span,
  type UsageInterval,
} from '../usage/usage.ts';
import { NO_POLICY, type PlanPolicy } from '../domain/product.ts';
import { deviceKey, leaseEnd, type Device } from '../domain/device.ts';

export type ReportCommand = {
  readonly assignmentId: number;
  readonly memberId: number;
  readonly deviceId: string;
  /** What it used; left out by a heartbeat. */
  readonly used?: Span;
  readonly now: Date;
};
export type Report = {
  readonly assignment: Assignment;
  readonly device: Device;
  /** With usage: the interval as it stands now, and the parts that this report added. */
  readonly interval: UsageInterval | null;
  readonly added: readonly Span[];
  readonly addedSeconds: number;
};

/** Clocks of devices differ from ours by so much without a word. */
const TOLERANCE = 60_000;
const LONGEST_DAYS = 31;

export class ReportBatch {
  readonly #assignments: Map<number, Assignment>;
  readonly #licenses: Map<number, License>;
  readonly #devices: Map<string, Device>;
  readonly #intervals: Map<number, UsageInterval>;
  readonly #ids: number[];
  readonly #policies: ReadonlyMap<number, PlanPolicy>;
  readonly changedAssignments = new Map<number, Assignment>();
  readonly seenDevices = new Map<string, Device>();
  readonly newIntervals = new Map<number, UsageInterval>();
  readonly goneIntervals = new Map<number, UsageInterval>();

  /** `intervals` are those that the commands' spans touch; `ids` one for each command. */
  constructor(
    assignments: readonly Assignment[],
    licenses: readonly License[],
    devices: readonly Device[],
    intervals: readonly UsageInterval[],
    ids: readonly number[],
    policies: ReadonlyMap<number, PlanPolicy>,
  ) {
    this.#policies = policies;
    this.#assignments = new Map(assignments.map((one) => [one._id, one]));
    this.#licenses = new Map(licenses.map((one) => [one._id, one]));
    this.#devices = new Map(devices.map((one) => [one._id, one]));
    this.#intervals = new Map(intervals.map((one) => [one._id, one]));
    this.#ids = [...ids];
  }

  /**
   * One report. Returns a refusal: not the caller's, or a device that is not bound (BIZ_001), not active (INVALID_STATE), a
   * span that cannot be (VALIDATION_ERROR).
   */
  decide(tenantId: number, command: ReportCommand): Report | Refusal {
    try {
      return this.#decide(tenantId, command);
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal;
      throw refusal;
    }
  }

  #decide(tenantId: number, { assignmentId, memberId, deviceId, used, now }: ReportCommand): Report {
    const assignment = this.#assignments.get(assignmentId);
    if (!assignment || assignment.tenantId !== tenantId || assignment.memberId !== memberId) throw notFound();
    requireInUse(statusAt(assignment, this.#licenses.get(assignment.licenseId), now));
    const known = this.#devices.get(deviceKey(tenantId, assignmentId, deviceId));
    if (!known) throw notFound({ zh: '该设备未绑定', en: 'This device is not bound' });
    const policy = this.#policies.get(assignment.planId) ?? NO_POLICY;
    const device = { ...known, lastSeenAt: now, leaseUntil: leaseEnd(policy, now, known) };
    const span = used && requirePossible(used, assignment, now);
    const { interval, added } = span ? this.#join(assignment, deviceId, span) : { interval: null, added: [] };
    const addedSeconds = added.reduce((sum, one) => sum + secondsOf(one), 0);
    const reported: Assignment = {
      ...assignment,
      lastUsedAt: now,
      usedSeconds: assignment.usedSeconds + addedSeconds,
      ...(addedSeconds > 0 ? { sequence: assignment.sequence + 1, updatedAt: now } : {}),
    };
    this.#assignments.set(assignmentId, reported);
    this.#devices.set(device._id, device);
    this.changedAssignments.set(assignmentId, reported);
    this.seenDevices.set(device._id, device);
    return { assignment: reported, device, interval, added, addedSeconds };
  }

  /** Puts one interval in the place of all that the span touches, or lies a second from. */
  #join(
    { _id: assignmentId, tenantId }: Assignment,
    deviceId: string,
    span: Span,
  ): { interval: UsageInterval; added: readonly Span[] } {
    const reach = span.endedAt > span.startedAt ? reachOf(span) : span;
    const touched = [...this.#intervals.values()].filter(
      (one) =>
        one.tenantId === tenantId &&
        one.assignmentId === assignmentId &&
        one.deviceId === deviceId &&
        one.startedAt <= reach.endedAt &&
        one.endedAt >= reach.startedAt,
    );
    const { span: joined, added } = joinSpans(bridged(span, touched), touched);
    const [only] = touched;
    if (only && touched.length === 1 && added.length === 0) return { interval: only, added };
    for (const one of touched) {
      this.#intervals.delete(one._id);
      if (!this.newIntervals.delete(one._id)) this.goneIntervals.set(one._id, one);
    }
    const interval = { _id: this.#ids.pop() as number, tenantId, assignmentId, deviceId, ...joined };
    this.#intervals.set(interval._id, interval);
    this.newIntervals.set(interval._id, interval);
    return { interval, added };
  }
}

/** The span in whole seconds, cut where clocks differ. Refuses (400, for its fields) what cannot have been. */
function requirePossible({ startedAt, endedAt }: Span, { activatedAt }: Assignment, now: Date): Span {
  const first = (activatedAt ?? now).getTime();
  const wrong: Record<string, { zh: string; en: string }> = {};
  if (startedAt.getTime() < first - TOLERANCE)
    wrong.started_at = { zh: '不能早于激活时间', en: 'Must not be before the activation' };
  if (endedAt.getTime() > now.getTime() + TOLERANCE)
    wrong.ended_at = { zh: '不能晚于当前时间', en: 'Must not be in the future' };
  else if (endedAt <= startedAt) wrong.ended_at = { zh: '必须晚于开始时间', en: 'Must be after the start' };
  else if (endedAt.getTime() - startedAt.getTime() > LONGEST_DAYS * DAY)
    wrong.ended_at = {
      zh: `时段不能超过 ${LONGEST_DAYS} 天`,
      en: `An interval has at most ${LONGEST_DAYS} days`,
    };
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
  const start = wholeSecond(new Date(Math.max(startedAt.getTime(), first)));
  const end = wholeSecond(earlierOf(endedAt, now));
  // Both lie within the tolerance: nothing that counts, yet nothing wrong.
  return { startedAt: start, endedAt: end < start ? start : end };
}

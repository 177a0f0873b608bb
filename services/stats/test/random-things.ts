/**
 * Acts of random stories that change things: tags, purchases, licences, applications, levels, what is called how. Each is an
 * event, and what it comes to is counted here without anything of the service's.
 */
import type { DataOf, Envelope, EventDefinition } from '@membership/contracts/event';
import * as applications from '@membership/contracts/events/applications';
import * as gateway from '@membership/contracts/events/gateway';
import * as licenses from '@membership/contracts/events/licenses';
import * as memberSystem from '@membership/contracts/events/member-system';
import * as points from '@membership/contracts/events/points';
import * as vip from '@membership/contracts/events/vip';
import { fact, memberData, type Told } from './a-story.ts';

export type State = Readonly<Record<string, unknown>> & { readonly kind: string };
/** How things are by their kind and id, what happened by series and name, and when each assignment was used last. */
export type Things = {
  readonly states: Map<string, State>;
  readonly details: Record<string, number>;
  readonly uses: Map<number, { readonly name: string; readonly at: number }>;
};
export const startThings = (): Things => ({ states: new Map(), details: {}, uses: new Map() });

export type Doing = {
  /** The member that acts; the thing that it does it to has the same id. */
  readonly member: number;
  readonly amount: number;
  /** The next sequence of a thing of this kind, and when and by whom it is told. */
  readonly on: (kind: string) => Told & { readonly time: string };
};
/** What an act is, beside its event. */
type Done = { readonly event: Envelope; readonly isOwn?: boolean };
/** Events that tell the same of a thing. */
type Like<E extends EventDefinition> = EventDefinition<string, E['data']>;
type Does = (doing: Doing, things: Things) => Done;

const count = ({ details }: Things, name: string, by = 1) => (details[name] = (details[name] ?? 0) + by);
const keep = ({ states }: Things, id: number, state: State) => states.set(`${state.kind}:${id}`, state);

const HELD: readonly unknown[] = ['active', 'grace', 'suspended'];
type TagStatus = DataOf<typeof vip.vipGranted>['status'];
const definition = (tagId: number, amount: number) => ({
  ...{ tagId, tagName: `tag ${amount}`, tagCode: `T${tagId}`, tagType: 'vip', tagColor: '#FFD700' },
  ...{ tagIcon: '', tagLevel: 1, permissionModifiers: {}, quotaModifiers: {}, isActive: true },
});
/** `step` null: the tag stays as it is, and nothing is counted. */
const tagged =
  (event: Like<typeof vip.vipGranted>, status: TagStatus | null, step: string | null): Does =>
  ({ member, amount, on }, things) => {
    const before = things.states.get(`user_tag:${member}`);
    const tagId = 1 + (member % 2);
    const was = (before?.['status'] ?? null) as TagStatus | null;
    const now = status ?? was ?? 'active';
    const autoRenew = amount % 2 === 0;
    // Some are told by a version that did not say it.
    const saysBefore = amount % 4 !== 0;
    keep(things, member, {
      ...{ kind: 'user_tag', memberId: member, isLive: now === 'active' || now === 'grace' },
      ...{ tagId, status: now, autoRenew },
    });
    if (step !== null) {
      count(things, `tags ${tagId}.${step}`);
      const [held, holds] = saysBefore ? [HELD.includes(was), HELD.includes(now)] : [null, null];
      if (held === null ? step === 'granted' : !held && holds) count(things, `tags ${tagId}.gained`);
      if (held === null ? ['expired', 'revoked'].includes(step) : held && !holds)
        count(things, `tags ${tagId}.lost`);
    }
    const data = {
      ...{ userTagId: member, memberId: member, tag: definition(tagId, 1), status: now },
      ...(saysBefore ? { previousStatus: was } : {}),
      ...{ grantedAt: new Date().toISOString(), expiresAt: null, graceEndsAt: null, autoRenew, reason: null },
    };
    return { event: fact(event, member, on('user_tag'), data) };
  };
const tagDefined =
  (event: Like<typeof vip.vipTagDefined>, isRetired: boolean): Does =>
  ({ member, amount, on }, things) => {
    const data = definition(member, amount);
    keep(things, member, { kind: 'vip_tag', name: data.tagName, code: data.tagCode, isRetired });
    return { event: fact(event, member, on('vip_tag'), data) };
  };

const REASONS = ['TIMEOUT', 'INSUFFICIENT_POINTS', 'not a word'];
const purchased =
  (event: Like<typeof vip.vipPurchaseRequested>, status: 'requested' | 'completed' | 'failed'): Does =>
  ({ member, amount, on }, things) => {
    const isAutoRenewal = amount % 3 === 0;
    const reason = status === 'failed' ? (REASONS[amount % 3] as string) : null;
    const counted = {
      requested: { asked: 1, ...(isAutoRenewal ? { renewals: 1 } : {}) },
      completed: { completed: 1, points: amount },
      failed: { [`failed.${reason === 'not a word' ? 'other' : reason}`]: 1 },
    }[status];
    for (const [name, by] of Object.entries(counted)) count(things, `purchases ${name}`, by);
    const data = {
      ...{ purchaseId: member, memberId: member, tagId: 1, tagCode: 'T1', durationDays: 30, status, reason },
      ...{ pricePoints: amount, userTagId: null, isAutoRenewal },
    };
    return { event: fact(event, member, on('purchase'), data), isOwn: status === 'requested' };
  };

/** A licence's plan, and of which application it is, stay. */
const planOf = (id: number) => ({ planId: 1 + (id % 2), applicationId: id % 2 === 0 ? null : id });
const licensed =
  (
    event: Like<typeof licenses.licenseIssued>,
    status: DataOf<typeof licenses.licenseIssued>['status'],
  ): Does =>
  ({ member, amount, on }, things) => {
    const of = planOf(member);
    keep(things, member, { kind: 'license', status, ...of, seats: amount });
    if (event === licenses.licenseIssued) count(things, `plans ${of.planId}.issued`);
    const data = {
      ...{ licenseId: member, productId: 1, ...of, maxActivations: amount, status, expiresAt: null },
    };
    return { event: fact(event, member, on('license'), data) };
  };
type AssignmentStatus = DataOf<typeof licenses.assignmentCreated>['status'];
const assignment =
  (event: Like<typeof licenses.assignmentCreated>, status: AssignmentStatus, step: string | null): Does =>
  ({ member, on }, things) => {
    const of = planOf(member);
    const before = things.states.get(`assignment:${member}`);
    const isActivated = step === 'activated' || before?.['isActivated'] === true;
    keep(things, member, { kind: 'assignment', status, ...of, isActivated });
    if (step !== null) count(things, `plans ${of.planId}.${step}`);
    const now = new Date().toISOString();
    const data = {
      ...{ assignmentId: member, memberId: member, licenseId: member, productId: 1, ...of, status },
      ...{ productName: 'SuperApp Pro', planName: '专业版', assignedAt: now, reason: null, expiresAt: null },
      activatedAt: isActivated ? now : null,
    };
    return { event: fact(event, member, on('assignment'), data), isOwn: step === 'activated' };
  };
const used: Does = ({ member, amount, on }, things) => {
  const { planId } = planOf(member);
  const told = on('assignment');
  const endedAt = Date.parse(told.time) + (amount - 25) * 600_000;
  count(things, `plans ${planId}.usedSeconds`, amount);
  const at = Math.min(endedAt, Date.parse(told.time));
  if (at > (things.uses.get(member)?.at ?? Number.NEGATIVE_INFINITY))
    things.uses.set(member, { name: `${planId}.lastUsed`, at });
  const data = {
    ...{
      assignmentId: member,
      licenseId: member,
      memberId: member,
      productId: 1,
      planId,
      deviceId: 'laptop',
    },
    startedAt: new Date(endedAt - amount * 1_000).toISOString(),
    ...{ endedAt: new Date(endedAt).toISOString(), addedSeconds: amount, usedSeconds: amount },
  };
  return { event: fact(licenses.licenseUsageReported, member, told, data), isOwn: true };
};
const product =
  (event: Like<typeof licenses.productCreated>): Does =>
  ({ member, amount, on }, things) => {
    const name = `product ${amount}`;
    keep(things, member, { kind: 'product', name });
    const data = { productId: member, name, version: '1', applicationId: null, isActive: true };
    return { event: fact(event, member, on('product'), data) };
  };
const plan =
  (event: Like<typeof licenses.planCreated>): Does =>
  ({ member, amount, on }, things) => {
    const state = { name: `plan ${amount}`, productId: 1 + (amount % 3) };
    keep(things, member, { kind: 'plan', ...state });
    return {
      event: fact(event, member, on('plan'), { planId: member, ...state, features: {}, isActive: true }),
    };
  };

const STATUSES = ['draft', 'published', 'not a word'];
const application =
  (event: Like<typeof applications.applicationCreated>, isDeleted: boolean): Does =>
  ({ member, amount, on }, things) => {
    const status = amount % 2 === 0 ? 'active' : 'testing';
    const state = { name: `application ${amount}`, code: `A${member}`, status, isDeleted };
    keep(things, member, { kind: 'application', ...state });
    const data = { applicationId: member, ...state, isActive: true };
    return { event: fact(event, member, on('application'), data) };
  };
const article =
  (event: Like<typeof applications.articleCreated>, isDeleted: boolean): Does =>
  ({ member, amount, on }, things) => {
    const state = { applicationId: 1 + (member % 2), status: STATUSES[amount % 3] as string, isDeleted };
    keep(things, member, { kind: 'article', ...state });
    if (event === applications.articleCreated) count(things, `applications ${state.applicationId}.articles`);
    const data = { articleId: member, title: 'title', slug: 'slug', ...state };
    return { event: fact(event, member, on('article'), data) };
  };
const feedback =
  (event: Like<typeof applications.feedbackOpened>, status: 'open' | 'closed'): Does =>
  ({ member, on }, things) => {
    const state = { applicationId: 1 + (member % 2), status };
    keep(things, member, { kind: 'feedback', ...state });
    const step = status === 'open' ? 'opened' : 'closed';
    count(things, `applications ${state.applicationId}.feedback_${step}`);
    const data = { feedbackId: member, memberId: member, ...state };
    return { event: fact(event, member, on('feedback'), data), isOwn: status === 'open' };
  };

const userLevel =
  (event: Like<typeof points.userLevelCreated>, isRemoved: boolean): Does =>
  ({ member, amount, on }, things) => {
    const name = `level ${amount}`;
    keep(things, member, { kind: 'user_level', name, minPoints: amount, isRemoved });
    const data = {
      ...{ levelId: member, levelName: name, levelCode: 'U', levelOrder: member, minPoints: amount },
      ...{ maxPoints: null, isActive: true, isDefault: false },
    };
    return { event: fact(event, member, on('user_level'), data) };
  };
const memberLevel =
  (event: Like<typeof memberSystem.memberLevelCreated>, isRemoved: boolean): Does =>
  ({ member, amount, on }, things) => {
    const name = `level ${amount}`;
    keep(things, member, { kind: 'member_level', name, requiredSpent: amount, isRemoved });
    const data = { levelId: member, levelName: name, levelCode: 'L', requiredSpent: amount };
    return { event: fact(event, member, on('member_level'), data) };
  };
const person =
  (event: Like<typeof gateway.memberUpdated>, isActive: boolean): Does =>
  ({ member, amount, on }, things) => {
    const displayName = `m${amount}`;
    keep(things, member, { kind: 'member', isActive, displayName });
    const data = { ...memberData(member, isActive), displayName };
    return { event: fact(event, member, on('member'), data) };
  };

/** By name, as acts of a story. */
export const thingActs = {
  'grant tag': tagged(vip.vipGranted, 'active', 'granted'),
  'renew tag': tagged(vip.vipRenewed, 'active', 'renewed'),
  'suspend tag': tagged(vip.vipSuspended, 'suspended', 'suspended'),
  'resume tag': tagged(vip.vipResumed, 'active', 'resumed'),
  'grace of tag': tagged(vip.vipGraceStarted, 'grace', 'graced'),
  'end tag': tagged(vip.vipExpired, 'expired', 'expired'),
  'revoke tag': tagged(vip.vipRevoked, 'revoked', 'revoked'),
  'auto-renew tag': tagged(vip.vipAutoRenewChanged, null, null),
  'define tag': tagDefined(vip.vipTagDefined, false),
  'change tag': tagDefined(vip.vipTagUpdated, false),
  'retire tag': tagDefined(vip.vipTagRetired, true),
  'ask to buy': purchased(vip.vipPurchaseRequested, 'requested'),
  buy: purchased(vip.vipPurchaseCompleted, 'completed'),
  'fail to buy': purchased(vip.vipPurchaseFailed, 'failed'),
  'issue licence': licensed(licenses.licenseIssued, 'active'),
  'change licence': licensed(licenses.licenseUpdated, 'active'),
  'withdraw licence': licensed(licenses.licenseRevoked, 'revoked'),
  'end licence': licensed(licenses.licenseExpired, 'expired'),
  'rotate key': licensed(licenses.licenseKeyRotated, 'active'),
  assign: assignment(licenses.assignmentCreated, 'assigned', 'assigned'),
  activate: assignment(licenses.assignmentActivated, 'active', 'activated'),
  'suspend assignment': assignment(licenses.assignmentSuspended, 'suspended', null),
  'resume assignment': assignment(licenses.assignmentResumed, 'active', null),
  'withdraw assignment': assignment(licenses.assignmentRevoked, 'revoked', 'revoked'),
  'end assignment': assignment(licenses.assignmentExpired, 'expired', 'expired'),
  use: used,
  'bind device': ({ member, on }) => ({
    event: fact(licenses.deviceBound, member, on('assignment'), {
      ...{ assignmentId: member, licenseId: member, memberId: member, deviceId: 'laptop', boundDevices: 1 },
    }),
    isOwn: true,
  }),
  'add product': product(licenses.productCreated),
  'change product': product(licenses.productUpdated),
  'retire product': product(licenses.productDeleted),
  'add plan': plan(licenses.planCreated),
  'change plan': plan(licenses.planUpdated),
  'retire plan': plan(licenses.planDeleted),
  'add application': application(applications.applicationCreated, false),
  'change application': application(applications.applicationUpdated, false),
  'delete application': application(applications.applicationDeleted, true),
  'restore application': application(applications.applicationRestored, false),
  'write article': article(applications.articleCreated, false),
  'change article': article(applications.articleUpdated, false),
  'delete article': article(applications.articleDeleted, true),
  'give feedback': feedback(applications.feedbackOpened, 'open'),
  'close feedback': feedback(applications.feedbackClosed, 'closed'),
  'add user level': userLevel(points.userLevelCreated, false),
  'change user level': userLevel(points.userLevelUpdated, false),
  'remove user level': userLevel(points.userLevelDeleted, true),
  'add member level': memberLevel(memberSystem.memberLevelCreated, false),
  'change member level': memberLevel(memberSystem.memberLevelUpdated, false),
  'remove member level': memberLevel(memberSystem.memberLevelDeleted, true),
  'change member': person(gateway.memberUpdated, true),
  'erase member': person(gateway.memberErased, false),
  'choose to be seen': ({ member, amount, on }, things) => {
    const showOnLeaderboards = amount % 2 === 0;
    keep(things, member, { kind: 'member_preferences', isOnLeaderboards: showOnLeaderboards });
    const data = { memberId: member, showOnLeaderboards };
    return { event: fact(memberSystem.memberPreferencesChanged, member, on('preferences'), data) };
  },
  'use quota': ({ member, amount, on }) => ({
    event: fact(points.quotaConsumed, member, on('profile'), {
      ...{ profileId: member, quota: 'exports', amount, used: amount, limit: 100, resetsAt: null },
    }),
    isOwn: true,
  }),
  redeem: ({ member, amount, on }) => ({
    event: fact(memberSystem.redemptionRequested, member, on('redemption'), {
      ...{ redemptionId: member, memberId: member, itemCode: 'GIFT', itemName: 'gift', quantity: 1 },
      ...{ points: amount, recordId: 1, status: 'requested' },
    }),
    isOwn: true,
  }),
  'use benefit': ({ member, on }) => ({
    event: fact(memberSystem.benefitUsed, member, on('benefit_use'), {
      ...{ usageId: member, memberId: member, orderId: 'O', benefitCode: 'B', benefitName: 'b' },
      discountAmount: 1,
    }),
    isOwn: true,
  }),
  'join activity': ({ member, on }) => ({
    event: fact(memberSystem.activityJoined, member, on('participation'), {
      ...{ participationId: member, activityId: 1, activityTitle: 'a', memberId: member, benefits: [] },
    }),
    isOwn: true,
  }),
} as const satisfies Readonly<Record<string, Does>>;
export type ThingAct = keyof typeof thingActs;

/** What the things of a tenant come to for each tag, plan and application. */
export function groupsOf({ states }: Things): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (name: string, by = 1) => (sums[name] = (sums[name] ?? 0) + by);
  for (const { kind, status, ...state } of states.values()) {
    const { tagId, planId, applicationId, seats } = state as Readonly<Record<string, number | null>>;
    const ofBoth = (name: string, by?: number) => {
      add(`plan.${planId}.${name}`, by);
      if (applicationId !== null) add(`application.${applicationId}.${name}`, by);
    };
    if (kind === 'user_tag') {
      add(`tag.${tagId}.${String(status)}`);
      if (state['autoRenew'] === true && HELD.includes(status)) add(`tag.${tagId}.autoRenewing`);
    }
    if (kind === 'license') ofBoth(`licenses.${String(status)}`);
    if (kind === 'license' && status === 'active') ofBoth('seats', Number(seats));
    if (kind === 'assignment') ofBoth(`assignments.${String(status)}`);
    if (kind === 'assignment' && state['isActivated'] === true) ofBoth('activated');
    if (kind === 'article' && state['isDeleted'] === false)
      add(`application.${applicationId}.articles.${status === 'not a word' ? 'other' : String(status)}`);
    if (kind === 'feedback') add(`application.${applicationId}.feedback.${String(status)}`);
  }
  return sums;
}

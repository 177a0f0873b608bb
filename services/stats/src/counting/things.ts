/** What events say of tags, purchases, licences and applications: how each is, and what happened to it. Pure. */
import type { DataOf } from '@membership/contracts/event';
import type * as applications from '@membership/contracts/events/applications';
import type * as licenses from '@membership/contracts/events/licenses';
import type * as vip from '@membership/contracts/events/vip';
import type { AssignmentStatus, Details, LicenseStatus } from './figures.ts';

type UserTag = DataOf<typeof vip.vipGranted>;
export type TagStatus = UserTag['status'];
/** Of what figures are told apart, each by its id. */
export type GroupOf = 'tag' | 'plan' | 'application';
/** What one thing adds to the standings of such a one. */
export type GroupShare = {
  readonly of: GroupOf;
  readonly id: number;
  readonly sums: Readonly<Record<string, number>>;
};

export type ThingState =
  | {
      readonly kind: 'user_tag';
      readonly memberId: number;
      readonly isLive: boolean;
      readonly tagId: number;
      readonly status: TagStatus;
      readonly autoRenew: boolean;
    }
  | { readonly kind: 'vip_tag'; readonly name: string; readonly code: string; readonly isRetired: boolean }
  | {
      readonly kind: 'license';
      readonly status: LicenseStatus;
      readonly planId: number;
      readonly applicationId: number | null;
      readonly seats: number;
    }
  | {
      readonly kind: 'assignment';
      readonly status: AssignmentStatus;
      readonly planId: number;
      readonly applicationId: number | null;
      readonly isActivated: boolean;
    }
  | { readonly kind: 'product'; readonly name: string }
  | { readonly kind: 'plan'; readonly name: string; readonly productId: number }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly code: string;
      readonly status: string;
      readonly isDeleted: boolean;
    }
  | {
      readonly kind: 'article';
      readonly applicationId: number;
      readonly status: string;
      readonly isDeleted: boolean;
    }
  | { readonly kind: 'feedback'; readonly applicationId: number; readonly status: 'open' | 'closed' };

/** An assignment was in use up to then. */
export type LastUse = { readonly assignmentId: number; readonly planId: number; readonly at: Date };
/** What an event says of one. */
type Told = { readonly state?: ThingState; readonly details?: Details; readonly lastUse?: LastUse };

/** Names of figures nest at dots. */
const WORD = /^\w{1,64}$/;
const word = (text: string): string => (WORD.test(text) ? text : 'other');
/** Its privileges may rest or be on their last days: the member has it still. */
const isHeld = (status: TagStatus): boolean => status !== 'expired' && status !== 'revoked';

type TagStep = 'granted' | 'renewed' | 'suspended' | 'resumed' | 'graced' | 'expired' | 'revoked';
/** What was told before steps said where they come from: a tag is given to who has it not, and ends for who has it. */
const USUALLY: Partial<Record<TagStep, 'gained' | 'lost'>> = {
  granted: 'gained',
  expired: 'lost',
  revoked: 'lost',
};

/** A tag in grace keeps its privileges, so its member is a VIP still. */
export const tagState = ({ memberId, status, tag, autoRenew }: UserTag): Told => ({
  state: {
    ...{ kind: 'user_tag', memberId, isLive: status === 'active' || status === 'grace' },
    ...{ tagId: tag.tagId, status, autoRenew },
  },
});

/** A step of a member's tag; with it the member may have got the tag, or have it no more. */
export function tagStepped(step: TagStep, data: UserTag): Told {
  const { tag, status, previousStatus } = data;
  const was = previousStatus === undefined ? null : previousStatus !== null && isHeld(previousStatus);
  const change = was === null ? USUALLY[step] : was === isHeld(status) ? undefined : was ? 'lost' : 'gained';
  return {
    ...tagState(data),
    details: {
      tags: { [`${tag.tagId}.${step}`]: 1, ...(change ? { [`${tag.tagId}.${change}`]: 1 } : {}) },
    },
  };
}

export const tagDefined = (
  isRetired: boolean,
  { tagName, tagCode }: DataOf<typeof vip.vipTagDefined>,
): Told => ({
  state: { kind: 'vip_tag', name: tagName, code: tagCode, isRetired },
});

type Purchase = DataOf<typeof vip.vipPurchaseRequested>;
export const purchaseAsked = ({ isAutoRenewal }: Purchase): Told => ({
  details: { purchases: { asked: 1, ...(isAutoRenewal ? { renewals: 1 } : {}) } },
});
export const purchaseCompleted = ({ pricePoints }: Purchase): Told => ({
  details: { purchases: { completed: 1, points: pricePoints } },
});
export const purchaseFailed = ({ reason }: Purchase): Told => ({
  details: { purchases: { [`failed.${word(reason ?? 'other')}`]: 1 } },
});

type License = DataOf<typeof licenses.licenseIssued>;
export const licenseState = ({ status, planId, applicationId, maxActivations }: License): Told => ({
  state: { kind: 'license', status, planId, applicationId, seats: maxActivations },
});
export const licenseIssued = (data: License): Told => ({
  ...licenseState(data),
  details: { plans: { [`${data.planId}.issued`]: 1 } },
});

type Assignment = DataOf<typeof licenses.assignmentCreated>;
export const assignmentState = ({ status, planId, applicationId, activatedAt }: Assignment): Told => ({
  state: { kind: 'assignment', status, planId, applicationId, isActivated: activatedAt !== null },
});
export const assignmentStepped = (
  step: 'assigned' | 'activated' | 'revoked' | 'expired',
  data: Assignment,
): Told => ({ ...assignmentState(data), details: { plans: { [`${data.planId}.${step}`]: 1 } } });

export const licenseUsed = ({
  assignmentId,
  planId,
  endedAt,
  addedSeconds,
}: DataOf<typeof licenses.licenseUsageReported>): Told => ({
  details: { plans: { [`${planId}.usedSeconds`]: addedSeconds } },
  lastUse: { assignmentId, planId, at: new Date(endedAt) },
});

export const productState = ({ name }: DataOf<typeof licenses.productCreated>): Told => ({
  state: { kind: 'product', name },
});
export const planState = ({ name, productId }: DataOf<typeof licenses.planCreated>): Told => ({
  state: { kind: 'plan', name, productId },
});

export const applicationState = ({
  name,
  code,
  status,
  isDeleted,
}: DataOf<typeof applications.applicationCreated>): Told => ({
  state: { kind: 'application', name, code, status, isDeleted },
});
type Article = DataOf<typeof applications.articleCreated>;
export const articleState = ({ applicationId, status, isDeleted }: Article): Told => ({
  state: { kind: 'article', applicationId, status, isDeleted },
});
export const articleWritten = (data: Article): Told => ({
  ...articleState(data),
  details: { applications: { [`${data.applicationId}.articles`]: 1 } },
});
export const feedbackStepped = (
  step: 'opened' | 'closed',
  { applicationId, status }: DataOf<typeof applications.feedbackOpened>,
): Told => ({
  state: { kind: 'feedback', applicationId, status },
  details: { applications: { [`${applicationId}.feedback_${step}`]: 1 } },
});

/** What a thing adds to the standings of its tag, its plan and its application. */
export function sharesOf(state: { readonly kind: string }): readonly GroupShare[] {
  const thing = state as ThingState;
  switch (thing.kind) {
    case 'user_tag':
      return [
        {
          of: 'tag',
          id: thing.tagId,
          sums: {
            [thing.status]: 1,
            ...(thing.autoRenew && isHeld(thing.status) ? { autoRenewing: 1 } : {}),
          },
        },
      ];
    case 'license':
      return ofPlanAndApplication(thing, {
        [`licenses.${thing.status}`]: 1,
        ...(thing.status === 'active' ? { seats: thing.seats } : {}),
      });
    case 'assignment':
      return ofPlanAndApplication(thing, {
        [`assignments.${thing.status}`]: 1,
        ...(thing.isActivated ? { activated: 1 } : {}),
      });
    case 'article':
      return thing.isDeleted
        ? []
        : [{ of: 'application', id: thing.applicationId, sums: { [`articles.${word(thing.status)}`]: 1 } }];
    case 'feedback':
      return [{ of: 'application', id: thing.applicationId, sums: { [`feedback.${thing.status}`]: 1 } }];
    default:
      return [];
  }
}

const ofPlanAndApplication = (
  { planId, applicationId }: { readonly planId: number; readonly applicationId: number | null },
  sums: Readonly<Record<string, number>>,
): GroupShare[] => [
  { of: 'plan', id: planId, sums },
  ...(applicationId === null ? [] : [{ of: 'application' as const, id: applicationId, sums }]),
];

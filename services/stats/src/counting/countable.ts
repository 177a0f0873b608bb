/** What each event means to the numbers: the one list to widen when another event is to be counted. */
import type { DataOf, Envelope } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import * as applications from '@membership/contracts/events/applications';
import * as licenses from '@membership/contracts/events/licenses';
import * as memberSystem from '@membership/contracts/events/member-system';
import * as orders from '@membership/contracts/events/orders';
import * as points from '@membership/contracts/events/points';
import * as vip from '@membership/contracts/events/vip';
import { readerOf, rule, rules, type Rule } from '../projecting/rules.ts';
import type { Details, Flows } from './figures.ts';
import { activeMemberOf, activities } from './own-activity.ts';
import * as things from './things.ts';

/**
 * What facts say of a profile, each a part: of every part the newest stays. Money is in hundredths; `levelId` is the member
 * level, null where there was none to give; `userLevelId` is the level by points.
 */
export type ProfileParts = {
  readonly balance?: number;
  readonly userLevelId?: number;
  readonly levelId?: number | null;
  readonly spent?: number;
};
/** The sequence at which each part of a profile was told last. */
export type Told = Readonly<Partial<Record<keyof ProfileParts, number>>>;

/** How one thing is, as far as a number needs it. */
export type State =
  | { readonly kind: 'tenant'; readonly timezone: string }
  | { readonly kind: 'member'; readonly isActive: boolean; readonly displayName: string }
  | { readonly kind: 'member_preferences'; readonly isOnLeaderboards: boolean }
  | ({ readonly kind: 'profile' } & ProfileParts)
  | {
      readonly kind: 'member_level';
      readonly name: string;
      readonly requiredSpent: number;
      readonly isRemoved: boolean;
    }
  | {
      readonly kind: 'user_level';
      readonly name: string;
      readonly minPoints: number;
      readonly isRemoved: boolean;
    }
  | things.ThingState;

/** An event as it is counted. */
export type Counted = {
  readonly flows?: Flows;
  readonly details?: Details;
  readonly state?: State;
  /** A member that did something of its own by this. */
  readonly activeMember?: number;
  readonly lastUse?: things.LastUse;
};
type Movement = { readonly points: number; readonly category: string; readonly balanceAfter: number };
type MovementFlow = 'earned' | 'spent' | 'expired';
/** Names of figures nest at dots; a category is a plain word by its contract. */
const CATEGORY = /^[a-z][a-z0-9_]*$/;

/** So much in one of the ledger's flows, the whole tenant's and its category's alike. */
function movedIn(
  { category, balanceAfter }: Pick<Movement, 'category' | 'balanceAfter'>,
  flow: MovementFlow,
  amount: number,
  records: number,
): Counted {
  const name = CATEGORY.test(category) ? category : 'other';
  return {
    flows: { [flow]: amount, records },
    details: { categories: { [`${name}.${flow}`]: amount, [`${name}.records`]: records } },
    state: { kind: 'profile', balance: balanceAfter },
  };
}

/** One record of the ledger: what was earned counts up, what was spent or expired is counted by its size. */
const moved = (movement: Movement, flow: MovementFlow): Counted =>
  movedIn(movement, flow, Math.abs(movement.points), 1);

/** A reversal lowers the flow that it undoes; one that could take nothing back left no record. */
const reversed = (reversal: DataOf<typeof points.pointsReversed>): Counted => {
  const amount = reversal.counter === 'earned' ? reversal.points : -reversal.points;
  return movedIn(reversal, reversal.counter, amount, reversal.recordId === null ? 0 : 1);
};

type LevelStep = {
  readonly previousLevelId: number | null;
  readonly levelId: number;
  readonly isUpgrade: boolean;
};
/** A step on one of the two ladders, from a level to another. */
const stepOn = (ladder: 'user' | 'member', { previousLevelId, levelId, isUpgrade }: LevelStep): Details => ({
  levels: { [`${ladder}.${isUpgrade ? 'up' : 'down'}.${previousLevelId ?? 'none'}.${levelId}`]: 1 },
});

const tenantState = ({ timezone }: DataOf<typeof gateway.tenantCreated>): Counted => ({
  state: { kind: 'tenant', timezone },
});
const memberState = ({ isActive, displayName }: DataOf<typeof gateway.memberCreated>): Counted => ({
  state: { kind: 'member', isActive, displayName },
});
const spendingState = ({ spentTotal }: { readonly spentTotal: number }): Counted => ({
  state: { kind: 'profile', spent: spentTotal },
});
const levelDefinition = ({
  levelName,
  requiredSpent,
}: DataOf<typeof memberSystem.memberLevelCreated>): Counted => ({
  state: { kind: 'member_level', name: levelName, requiredSpent, isRemoved: false },
});

const userLevelDefinition = ({ levelName, minPoints }: DataOf<typeof points.userLevelCreated>): Counted => ({
  state: { kind: 'user_level', name: levelName, minPoints, isRemoved: false },
});

const all: readonly Rule<Counted>[] = [
  ...rules(
    [gateway.tenantCreated, gateway.tenantUpdated, gateway.tenantSuspended, gateway.tenantResumed],
    tenantState,
  ),
  rule(gateway.memberCreated, (data) => ({
    ...memberState(data),
    flows: { membersJoined: 1, ...(data.isActive ? {} : { membersDeactivated: 1 }) },
  })),
  rule(gateway.memberDeactivated, (data) => ({ ...memberState(data), flows: { membersDeactivated: 1 } })),
  rule(gateway.memberReactivated, (data) => ({ ...memberState(data), flows: { membersReactivated: 1 } })),
  ...rules([gateway.memberUpdated, gateway.memberErased], memberState),
  rule(memberSystem.memberPreferencesChanged, ({ showOnLeaderboards }) => ({
    state: { kind: 'member_preferences', isOnLeaderboards: showOnLeaderboards },
  })),
  rule(gateway.memberLoggedIn, () => ({ flows: { logins: 1 } })),
  rule(points.pointsEarned, (data) => moved(data, 'earned')),
  rule(points.pointsSpent, (data) => moved(data, 'spent')),
  rule(points.pointsExpired, (data) => moved(data, 'expired')),
  rule(points.pointsAdjusted, (data) => moved(data, data.points < 0 ? 'spent' : 'earned')),
  rule(points.pointsReversed, reversed),
  rule(points.profileCreated, ({ levelId, memberLevelId }) => ({
    state: { kind: 'profile', balance: 0, userLevelId: levelId, levelId: memberLevelId, spent: 0 },
  })),
  rule(points.levelChanged, (step) => ({
    details: stepOn('user', step),
    state: { kind: 'profile', userLevelId: step.levelId },
  })),
  ...rules([points.userLevelCreated, points.userLevelUpdated], userLevelDefinition),
  rule(points.userLevelDeleted, ({ levelName, minPoints }) => ({
    state: { kind: 'user_level', name: levelName, minPoints, isRemoved: true },
  })),
  rule(memberSystem.memberLevelChanged, (step) => ({
    flows: step.isUpgrade ? { memberLevelUpgrades: 1 } : {},
    details: stepOn('member', step),
    state: { kind: 'profile', levelId: step.levelId },
  })),
  ...rules([memberSystem.memberLevelCreated, memberSystem.memberLevelUpdated], levelDefinition),
  rule(memberSystem.memberLevelDeleted, ({ levelName, requiredSpent }) => ({
    state: { kind: 'member_level', name: levelName, requiredSpent, isRemoved: true },
  })),
  ...rules<typeof orders.orderCompleted | typeof orders.orderRefunded, Counted>(
    [orders.orderCompleted, orders.orderRefunded],
    spendingState,
  ),
  rule(vip.vipGranted, (data) => ({ ...things.tagStepped('granted', data), flows: { vipGranted: 1 } })),
  rule(vip.vipRenewed, (data) => things.tagStepped('renewed', data)),
  rule(vip.vipSuspended, (data) => things.tagStepped('suspended', data)),
  rule(vip.vipResumed, (data) => things.tagStepped('resumed', data)),
  rule(vip.vipGraceStarted, (data) => things.tagStepped('graced', data)),
  rule(vip.vipExpired, (data) => things.tagStepped('expired', data)),
  rule(vip.vipRevoked, (data) => things.tagStepped('revoked', data)),
  rule(vip.vipAutoRenewChanged, things.tagState),
  ...rules([vip.vipTagDefined, vip.vipTagUpdated], (data) => things.tagDefined(false, data)),
  rule(vip.vipTagRetired, (data) => things.tagDefined(true, data)),
  rule(vip.vipPurchaseRequested, things.purchaseAsked),
  rule(vip.vipPurchaseCompleted, things.purchaseCompleted),
  rule(vip.vipPurchaseFailed, things.purchaseFailed),
  rule(licenses.licenseIssued, things.licenseIssued),
  ...rules(
    [
      // One that had ended may live again.
      licenses.licenseUpdated,
      licenses.licenseRevoked,
      licenses.licenseExpired,
      licenses.licenseKeyRotated,
    ],
    things.licenseState,
  ),
  rule(licenses.assignmentActivated, (data) => ({
    ...things.assignmentStepped('activated', data),
    flows: { activations: 1 },
  })),
  rule(licenses.assignmentCreated, (data) => things.assignmentStepped('assigned', data)),
  rule(licenses.assignmentRevoked, (data) => things.assignmentStepped('revoked', data)),
  rule(licenses.assignmentExpired, (data) => things.assignmentStepped('expired', data)),
  ...rules([licenses.assignmentSuspended, licenses.assignmentResumed], things.assignmentState),
  rule(licenses.licenseUsageReported, things.licenseUsed),
  ...rules([licenses.productCreated, licenses.productUpdated, licenses.productDeleted], things.productState),
  ...rules([licenses.planCreated, licenses.planUpdated, licenses.planDeleted], things.planState),
  ...rules(
    [
      applications.applicationCreated,
      applications.applicationUpdated,
      applications.applicationDeleted,
      applications.applicationRestored,
    ],
    things.applicationState,
  ),
  rule(applications.articleCreated, things.articleWritten),
  ...rules([applications.articleUpdated, applications.articleDeleted], things.articleState),
  rule(applications.feedbackOpened, (data) => things.feedbackStepped('opened', data)),
  rule(applications.feedbackClosed, (data) => things.feedbackStepped('closed', data)),
];
const onlyActivity = activities
  .filter(({ type }) => !all.some(({ event }) => event.type === type))
  .map((event) => rule(event, (): Counted => ({})));
const counted = [...all, ...onlyActivity];
const read = readerOf<Counted>(counted);
export const countedTypes: readonly string[] = counted.map(({ event }) => event.type);

/** An event with what it adds to the numbers. */
export type Countable = { readonly envelope: Envelope; readonly counted: Counted };

/** The events of a batch that are counted, and those that are unreadable. */
export function readCountable(events: readonly Envelope[]): {
  readonly countable: Countable[];
  readonly unreadable: Envelope[];
} {
  const { read: found, unreadable } = read(events);
  const countable = found.map(({ envelope, meaning }) => {
    const activeMember = activeMemberOf(envelope);
    return { envelope, counted: activeMember === null ? meaning : { ...meaning, activeMember } };
  });
  return { countable, unreadable };
}

/** How the services know each thing of which the statistics keep a row, and which facts of a service a row must agree with. */
import type { ServiceName } from '../stack/service-environment.ts';

/** Fields of a document of a service. */
type Source = Readonly<Record<string, unknown>> & { readonly _id: number };
/** What a row says. */
export type RowState = Readonly<Record<string, unknown>> & { readonly kind: string };
export type Thing = {
  readonly kind: string;
  readonly service: Exclude<ServiceName, 'stats'>;
  readonly collection: string;
  readonly fields: readonly string[];
  /** It is the member's whose id it has, and its service forgets it when the member is erased; its row tells nobody's name. */
  readonly isForgotten?: true;
  /** What a row should say of it; null where the service has told nothing of it. What it has not told yet is left out. */
  readonly expected: (source: Source) => Readonly<Record<string, unknown>> | null;
};

const isLive = (status: unknown): boolean => status === 'active' || status === 'grace';
/** Leaves out what the service says nothing of. */
const said = (state: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined && value !== null));

export const things: readonly Thing[] = [
  {
    kind: 'member',
    service: 'gateway',
    collection: 'members',
    fields: ['isActive', 'displayName'],
    expected: ({ isActive, displayName }) => ({ isActive, displayName }),
  },
  {
    kind: 'member_preferences',
    service: 'points',
    collection: 'member_details',
    fields: ['sequence', 'preferences'],
    isForgotten: true,
    // Until it chooses otherwise, which is told, a member is shown.
    expected: ({ sequence, preferences }) =>
      sequence === undefined
        ? null
        : {
            isOnLeaderboards:
              (preferences as { show_on_leaderboards?: boolean } | undefined)?.show_on_leaderboards ?? true,
          },
  },
  {
    kind: 'user_level',
    service: 'points',
    collection: 'user_levels',
    fields: ['name', 'minPoints'],
    expected: ({ name, minPoints }) => ({ name, minPoints, isRemoved: false }),
  },
  {
    kind: 'member_level',
    service: 'points',
    collection: 'member_levels',
    fields: ['name', 'requiredSpent'],
    expected: ({ name, requiredSpent }) => ({ name, requiredSpent, isRemoved: false }),
  },
  {
    kind: 'profile',
    service: 'points',
    collection: 'profiles',
    fields: ['total', 'levelId', 'memberLevelId', 'moneySpent'],
    expected: ({ total, levelId, memberLevelId, moneySpent }) =>
      said({ balance: total, userLevelId: levelId, levelId: memberLevelId, spent: moneySpent }),
  },
  {
    kind: 'vip_tag',
    service: 'vip',
    collection: 'tags',
    fields: ['name', 'code', 'isRetired'],
    expected: ({ name, code, isRetired }) => ({ name, code, isRetired }),
  },
  {
    kind: 'user_tag',
    service: 'vip',
    collection: 'user_tags',
    fields: ['memberId', 'tagId', 'status', 'autoRenew'],
    expected: ({ memberId, tagId, status, autoRenew }) => ({
      ...{ memberId, tagId, status, autoRenew },
      isLive: isLive(status),
    }),
  },
  {
    kind: 'product',
    service: 'licenses',
    collection: 'products',
    fields: ['name'],
    expected: ({ name }) => ({ name }),
  },
  {
    kind: 'plan',
    service: 'licenses',
    collection: 'plans',
    fields: ['name', 'productId'],
    expected: ({ name, productId }) => ({ name, productId }),
  },
  {
    kind: 'license',
    service: 'licenses',
    collection: 'licenses',
    fields: ['status', 'planId', 'maxActivations'],
    expected: ({ status, planId, maxActivations }) => ({ status, planId, seats: maxActivations }),
  },
  {
    kind: 'assignment',
    service: 'licenses',
    collection: 'assignments',
    fields: ['status', 'planId', 'activatedAt'],
    expected: ({ status, planId, activatedAt }) => ({
      ...{ status, planId },
      isActivated: activatedAt instanceof Date,
    }),
  },
  {
    kind: 'application',
    service: 'applications',
    collection: 'applications',
    fields: ['name', 'code', 'status', 'isDeleted'],
    expected: ({ name, code, status, isDeleted }) => ({ name, code, status, isDeleted }),
  },
  {
    kind: 'article',
    service: 'applications',
    collection: 'articles',
    fields: ['applicationId', 'status', 'isDeleted'],
    expected: ({ applicationId, status, isDeleted }) => ({ applicationId, status, isDeleted }),
  },
  {
    kind: 'feedback',
    service: 'applications',
    collection: 'feedbacks',
    fields: ['applicationId', 'status'],
    expected: ({ applicationId, status }) => ({ applicationId, status }),
  },
];

/** What a row says otherwise than its service; null where it agrees. */
export function differenceOf(
  thing: Thing,
  source: Source | undefined,
  row: RowState | undefined,
): string | null {
  // Of a level that was removed its name is kept.
  if (!source) return row && row['isRemoved'] !== true ? `${thing.service} has none` : null;
  const expected = thing.expected(source);
  if (expected === null) return row ? `${thing.service} has told none` : null;
  if (!row) return 'the statistics have none';
  const wrong = Object.entries(expected).filter(([name, value]) => row[name] !== value);
  if (wrong.length === 0) return null;
  return wrong
    .map(([name, value]) => `${name} is ${String(value)}, counted as ${String(row[name])}`)
    .join('; ');
}

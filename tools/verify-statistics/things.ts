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
  /** What a row should say of it. What the service has not told yet is left out. */
  readonly expected: (source: Source) => Readonly<Record<string, unknown>>;
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
    fields: ['isActive'],
    expected: ({ isActive }) => ({ isActive }),
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
    fields: ['status', 'isDeleted'],
    expected: ({ status, isDeleted }) => ({ status, isDeleted }),
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
  if (!source) return row ? `${thing.service} has none` : null;
  if (!row) return 'the statistics have none';
  const wrong = Object.entries(thing.expected(source)).filter(([name, value]) => row[name] !== value);
  if (wrong.length === 0) return null;
  return wrong
    .map(([name, value]) => `${name} is ${String(value)}, counted as ${String(row[name])}`)
    .join('; ');
}

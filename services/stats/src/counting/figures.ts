/** The numbers that are counted, by name. Two sorts: flows happen once each, standings are how things are now. */

/** Each event adds to them once; they are kept by quarter hour, and for all time. */
export const flows = [
  'earned',
  'spent',
  'expired',
  'records',
  'membersJoined',
  'membersDeactivated',
  'membersReactivated',
  'logins',
  'activations',
  'vipGranted',
  'memberLevelUpgrades',
] as const;
export type Flow = (typeof flows)[number];
export type Flows = Readonly<Partial<Record<Flow, number>>>;
/**
 * Flows that are told apart by names which a tenant gives, kept by quarter hour beside the others: of each category
 * (`login.earned`), of each step between two levels (`user.up.1.2`, from `none` where there was no level before), of each
 * tag, plan and application by its id (`12.granted`), of purchases (`failed.TIMEOUT`).
 */
export type Breakdown = 'categories' | 'levels' | 'tags' | 'purchases' | 'plans' | 'applications';
export type Details = Readonly<Partial<Record<Breakdown, Readonly<Record<string, number>>>>>;
/**
 * Members whose newest activity was in a quarter hour: since a moment, they add up to those active since then. So do a plan's
 * assignments by when they were used last (`12.lastUsed`).
 */
export type LastActive = 'lastActive' | `${number}.lastUsed`;

const licenseStatuses = ['active', 'revoked', 'expired'] as const;
const assignmentStatuses = ['assigned', 'active', 'suspended', 'revoked', 'expired'] as const;
export type LicenseStatus = (typeof licenseStatuses)[number];
export type AssignmentStatus = (typeof assignmentStatuses)[number];

/** Of the members at one level: how many, the money they spent (in hundredths; of a member level), the points they have. */
export type LevelFigure = 'members' | 'spent' | 'points';

/** They follow from the newest state of each thing (its highest `sequence`), whatever order the events came in. */
export type Standing =
  | 'members'
  | 'membersActive'
  | 'outstanding'
  | 'activeVips'
  | `levels.${string}.${LevelFigure}`
  | `userLevels.${number}.${LevelFigure}`
  | `licenses.${LicenseStatus}`
  | `assignments.${AssignmentStatus}`;
export type Standings = Readonly<Partial<Record<Standing, number>>>;

/** Adds `more` to `sums` in place; what becomes zero is left out. */
export function addTo<Name extends string>(
  sums: Partial<Record<Name, number>>,
  more: Readonly<Partial<Record<Name, number>>>,
  times = 1,
): void {
  for (const name of Object.keys(more) as Name[]) {
    const sum = (sums[name] ?? 0) + (more[name] ?? 0) * times;
    if (sum === 0) delete sums[name];
    else sums[name] = sum;
  }
}

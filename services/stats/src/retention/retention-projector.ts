/** The projector of retention: on which days each member was active, and how many of those that joined together stayed. */
import type { Projector } from '../projecting/projector.ts';
import { tenantsOf } from '../projecting/zones.ts';
import { readActivity } from './activity.ts';
import type { ActivityRepository } from './activity-repository.ts';
import { membersOf, tallyActivity } from './tally-activity.ts';

/** How retention is counted: the number of the rules, and what events mean to them. */
export type RetentionRules = { readonly counting: number; readonly read: typeof readActivity };
/** A higher `counting` makes everything anew from the archive: wherever an event means something else, or another activity counts. */
export const RETENTION_RULES: RetentionRules = { counting: 1, read: readActivity };

export const retentionProjector = (
  activity: ActivityRepository,
  { counting, read: readEvents }: RetentionRules,
): Projector => ({
  name: 'retention',
  counting,
  collections: ['retention_members', 'retention_periods', 'retention_zones'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readEvents(events);
    if (read.length > 0) {
      const zones = await activity.zones.find(generation, tenantsOf(read), session);
      const rows = await activity.findRows(generation, membersOf(read), session);
      await activity.add(generation, tallyActivity(read, { rows, zones }), session);
    }
    return { unreadable };
  },
});

/** The projector of retention: on which days each member was active, and how many of those that joined together stayed. */
import type { Projector } from '../projecting/projector.ts';
import { tenantsOf } from '../projecting/zones.ts';
import { readActivity } from './activity.ts';
import type { ActivityRepository } from './activity-repository.ts';
import { membersOf, tallyActivity } from './tally-activity.ts';

/** A higher number makes everything anew from the archive: wherever an event means something else, or another activity counts. */
const COUNTING = 1;

export const retentionProjector = (activity: ActivityRepository): Projector => ({
  name: 'retention',
  counting: COUNTING,
  collections: ['retention_members', 'retention_periods', 'retention_zones'],
  async project(events, { generation, session }) {
    const { read, unreadable } = readActivity(events);
    if (read.length > 0) {
      const zones = await activity.zones.find(generation, tenantsOf(read), session);
      const rows = await activity.findRows(generation, membersOf(read), session);
      await activity.add(generation, tallyActivity(read, { rows, zones }), session);
    }
    return { unreadable };
  },
});

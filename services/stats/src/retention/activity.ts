/** What each event means to retention: who joined, who was active, whose day it is. */
import type { Envelope } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import { activeMemberOf, activities } from '../counting/own-activity.ts';
import { readerOf, rule, rules, type Reading, type Rule } from '../projecting/rules.ts';

export type Activity = {
  /** The member joined by it. */
  readonly joined?: number;
  /** The member did something of its own by it. */
  readonly active?: number;
  /** The tenant's zone from now on. */
  readonly zone?: string;
};

const all: readonly Rule<Activity>[] = [
  ...rules(
    [gateway.tenantCreated, gateway.tenantUpdated, gateway.tenantSuspended, gateway.tenantResumed],
    ({ timezone }): Activity => ({ zone: timezone }),
  ),
  rule(gateway.memberCreated, ({ memberId }): Activity => ({ joined: memberId })),
  ...activities.map((event) => rule(event, (): Activity => ({}))),
];
const read = readerOf(all);
export const activityTypes: readonly string[] = all.map(({ event }) => event.type);

/** The events of a batch that say something of these, and those that are unreadable. */
export function readActivity(events: readonly Envelope[]): Reading<Activity> {
  const { read: found, unreadable } = read(events);
  return {
    read: found.flatMap(({ envelope, meaning }) => {
      const active = activeMemberOf(envelope);
      if (active !== null) return [{ envelope, meaning: { ...meaning, active } }];
      return meaning.joined === undefined && meaning.zone === undefined ? [] : [{ envelope, meaning }];
    }),
    unreadable,
  };
}

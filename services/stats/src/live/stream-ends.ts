/** Which events end streams of figures, and whose. Pure. */
import type { EndReason } from '@membership/contracts/endpoints/stats/index';
import type { Envelope } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import { readerOf, rule, rules, type Rule } from '../projecting/rules.ts';

/** A suspended tenant ends all of its own, the others those of a member, whose sessions have ended; null: none. */
type End = Extract<EndReason, 'session_ended' | 'tenant_suspended'> | null;

const all: readonly Rule<End>[] = [
  rule(gateway.tenantSuspended, () => 'tenant_suspended'),
  ...rules([gateway.memberDeactivated, gateway.memberErased], (): End => 'session_ended'),
  rule(gateway.memberSessionEnded, () => 'session_ended'),
  rule(gateway.memberPasswordChanged, () => 'session_ended'),
  // Another role ends all sessions; only administrators follow.
  rule(gateway.memberUpdated, ({ role }) => (role === 'admin' ? null : 'session_ended')),
  rule(gateway.memberSecondFactorChanged, ({ change, by }) =>
    change === 'disabled' && by === 'administrator' ? 'session_ended' : null,
  ),
];
export const endingTypes: readonly string[] = all.map(({ event }) => event.type);
const read = readerOf(all);

/** Why an event ends streams; null: it ends none. */
export const endBy = (envelope: Envelope): End => read([envelope]).read[0]?.meaning ?? null;

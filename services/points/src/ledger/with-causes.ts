/** Writes into the facts of a batch which caused which: what follows within one transaction has no event of another service to name. */
import { randomUUID } from 'node:crypto';
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';
import {
  levelChanged,
  pointsAdjusted,
  pointsEarned,
  pointsExpired,
  pointsReversed,
  pointsSpent,
} from '@membership/contracts/events/points';
import type { Fact } from './changes.ts';

const MOVEMENTS = [pointsEarned, pointsSpent, pointsAdjusted, pointsReversed, pointsExpired].map(
  ({ type }) => type,
);
/**
 * By type: what may have caused it, and its reason where it may come of itself. An order is told after the points that it
 * earned, a level after what it follows.
 */
const CAUSES: Readonly<Record<string, { readonly by: readonly string[]; readonly because?: string }>> = {
  [pointsEarned.type]: { by: [orderCompleted.type] },
  [pointsReversed.type]: { by: [orderRefunded.type] },
  [levelChanged.type]: { by: MOVEMENTS, because: 'points' },
  [memberLevelChanged.type]: { by: [orderCompleted.type, orderRefunded.type], because: 'spending' },
};

/** Facts of one request about one profile belong together. */
function together(facts: readonly Fact[]): Fact[][] {
  const groups = new Map<Fact['scope'], Map<string | number, Fact[]>>();
  for (const fact of facts) {
    let bySubject = groups.get(fact.scope);
    if (!bySubject) groups.set(fact.scope, (bySubject = new Map<string | number, Fact[]>()));
    const known = bySubject.get(fact.announcement.subject);
    if (known) known.push(fact);
    else bySubject.set(fact.announcement.subject, [fact]);
  }
  return [...groups.values()].flatMap((bySubject) => [...bySubject.values()]);
}

/** The fact among these that caused this one: of several the last before it, else the first after it. */
function causeOf(fact: Fact, among: readonly Fact[]): Fact | undefined {
  const rule = CAUSES[fact.event.type];
  if (!rule) return undefined;
  const { reason } = fact.announcement.data as { readonly reason?: unknown };
  if (rule.because !== undefined && reason !== rule.because) return undefined;
  const mayBe = ({ event }: Fact): boolean => rule.by.includes(event.type);
  const place = among.indexOf(fact);
  return among.slice(0, place).findLast(mayBe) ?? among.slice(place + 1).find(mayBe);
}

/** The same facts in the same order, each with its cause where it has one among them. */
export function withCauses(facts: readonly Fact[]): readonly Fact[] {
  const causes = new Map<Fact, Fact>();
  for (const some of together(facts))
    if (some.length > 1)
      for (const fact of some) {
        const cause = causeOf(fact, some);
        if (cause) causes.set(fact, cause);
      }
  if (causes.size === 0) return facts;
  const ids = new Map([...causes.values()].map((cause) => [cause, randomUUID()]));
  return facts.map((fact) => {
    const [id, causedBy] = [ids.get(fact), ids.get(causes.get(fact) as Fact)];
    if (id === undefined && causedBy === undefined) return fact;
    const more = { ...(id === undefined ? {} : { id }), ...(causedBy === undefined ? {} : { causedBy }) };
    return { ...fact, announcement: { ...fact.announcement, ...more } };
  });
}

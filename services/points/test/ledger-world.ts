/** A ledger in memory: commands are decided as the service does, and what they change is kept in maps. No database. */
import { Refusal } from '@membership/contracts/errors';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Hold } from '../src/domain/hold.ts';
import type { Level } from '../src/domain/level.ts';
import { standardLevels } from '../src/domain/standard-levels.ts';
import type { MemberLevel } from '../src/domain/member-level.ts';
import { standardMemberLevels } from '../src/domain/standard-member-levels.ts';
import type { Order } from '../src/domain/order.ts';
import { ProfileAudit, type Fault } from '../src/ledger/audit.ts';
import { Books } from '../src/ledger/books.ts';
import { markFields, type Changes, type Fact } from '../src/ledger/changes.ts';
import { membersOf, type Command, type EarnCommand, type SpendCommand } from '../src/ledger/command.ts';
import { decideAll, type Placed } from '../src/ledger/decide/decide-all.ts';
import { bySoonestEnd, type Lot } from '../src/domain/lots.ts';
import type { Missing } from '../src/ledger/needs.ts';
import type { Outcome } from '../src/ledger/outcome.ts';
import { newProfile, type Profile } from '../src/domain/profile.ts';
import type { PointsRecord } from '../src/domain/record.ts';
import type { Definitions } from '../src/domain/definitions.ts';
import { completed, type PointsSettings } from '../src/domain/points-settings.ts';

const stamps = { tenantId: 1, sequence: 1, createdAt: new Date(0), updatedAt: new Date(0) };
/** Those of a tenant that has changed nothing, but that its members may give points to each other. */
export const standardDefinitions = (settings: Partial<PointsSettings> = {}): Definitions => ({
  settings: completed({
    ...{ _id: 1, tenantId: 1, sequence: 0, transfersEnabled: true, ...settings },
  } as PointsSettings),
  levels: standardLevels.map((level, index): Level => ({ ...level, ...stamps, _id: index + 1 })),
  benefits: [],
  memberLevels: standardMemberLevels.map(
    (level, index): MemberLevel => ({ ...level, ...stamps, _id: index + 1 }),
  ),
  rules: [],
  tags: new Map(),
});

const about = { category: 'license', subcategory: null, reason: null, sourceType: 'test', sourceId: null };
export const earning = (memberId: number, points: number, more: Partial<EarnCommand> = {}): Command => ({
  ...{ kind: 'earn', memberId, points, ...about, ...more },
});
export const spending = (memberId: number, points: number, more: Partial<SpendCommand> = {}): Command => ({
  ...{ kind: 'spend', memberId, points, ...about, category: 'vip_upgrade', ...more },
});
export const holding = (memberId: number, points: number, expiresAt: Date | null = null): Command => ({
  ...{ kind: 'hold', memberId, points, expiresAt, ...about, category: 'vip_upgrade' },
});
export const adjusting = (memberId: number, points: number): Command => ({
  ...{ kind: 'adjust', memberId, points, ...about },
});

export const completing = (memberId: number, orderId: string, amount: number, boost = 1): Command => ({
  ...{ kind: 'complete_order', memberId, orderId, amount, boost },
});
export const refunding = (memberId: number, orderId: string, amount: number | null = null): Command => ({
  ...{ kind: 'refund_order', memberId, orderId, refundId: null, amount, reason: null },
});

export class LedgerWorld {
  now = new Date('2026-03-01T04:00:00Z');
  definitions = standardDefinitions();
  scope: TenantScope = scopeOfJob(1, 'points', 'test');
  readonly profiles = new Map<number, Profile>();
  readonly lots = new Map<number, Lot>();
  readonly holds = new Map<number, Hold>();
  readonly records = new Map<number, PointsRecord>();
  readonly orders = new Map<string, Order>();
  readonly facts: Fact[] = [];
  /** Is told what each batch has changed. */
  onCommit: (changes: Changes, now: Date) => void = () => undefined;
  /** How often something was asked for that was not there. */
  rounds = 0;
  #ids = 0;

  /** Members with these ids. */
  static of(...members: readonly number[]): LedgerWorld {
    const world = new LedgerWorld();
    for (const id of members)
      world.profiles.set(id, {
        ...newProfile(
          id,
          1,
          1,
          { username: `m${id}`, email: `m${id}@example.com`, isActive: true },
          world.now,
        ),
        lotsTold: true,
      });
    return world;
  }

  profile(memberId: number): Profile {
    const profile = this.profiles.get(memberId);
    if (!profile) throw new Error(`there is no member ${memberId}`);
    return profile;
  }

  /** Lets time pass. */
  later(milliseconds: number): Date {
    this.now = new Date(this.now.getTime() + milliseconds);
    return this.now;
  }

  /** Decides commands in one batch, and keeps what they change. */
  ask(...commands: readonly Command[]): (Outcome | Refusal)[] {
    const books = new Books(this.now);
    books.setTerms(1, this.definitions, 'Asia/Shanghai');
    for (const id of commands.flatMap(membersOf)) {
      const profile = this.profiles.get(id);
      if (profile && !books.known(id)) books.add(profile);
    }
    const outcomes: (Outcome | Refusal)[] = [];
    let waiting: readonly Placed[] = commands.map((command, index) => ({
      scope: this.scope,
      command,
      index,
    }));
    while (waiting.length > 0) {
      const undecided = decideAll(books, waiting, outcomes);
      this.rounds += undecided.missing.length > 0 ? 1 : 0;
      for (const missing of undecided.missing) this.#load(books, missing);
      waiting = undecided.waiting;
    }
    this.#write(books);
    return outcomes;
  }

  /** As `ask`, one that is not refused. */
  do(command: Command): Outcome {
    const [outcome] = this.ask(command);
    if (!outcome || outcome instanceof Refusal) throw outcome ?? new Error('nothing was decided');
    return outcome;
  }

  /** As `ask`, one that is: its code. */
  refusal(command: Command): string {
    const [outcome] = this.ask(command);
    if (!(outcome instanceof Refusal)) throw new Error(`${command.kind} was not refused`);
    return outcome.code;
  }

  /** What does not add up. */
  faults(): Fault[] {
    return [...this.profiles.values()].flatMap((profile) => {
      const audit = new ProfileAudit(profile);
      const own = <T extends { readonly memberId: number | null }>(all: Map<unknown, T>): T[] =>
        [...all.values()].filter(({ memberId }) => memberId === profile._id);
      for (const record of own(this.records).sort((left, right) => left.ordinal - right.ordinal))
        audit.hear(record);
      const open = own(this.holds).filter(({ status }) => status === 'held');
      return audit.finish(own(this.lots), open, own(this.orders));
    });
  }

  #load(books: Books, missing: Missing): void {
    if (missing.kind === 'ids')
      return books.ids.add(
        missing.name,
        Array.from({ length: missing.count }, () => ++this.#ids),
      );
    if (missing.kind === 'orders') {
      for (const id of missing.ids) books.orders(1)?.set(id, this.orders.get(id) ?? null);
      return;
    }
    const { memberId } = missing;
    const known = books.known(memberId);
    if (!known) throw new Error(`member ${memberId} is not of this batch`);
    const own = [...this.lots.values()].filter((lot) => lot.memberId === memberId);
    switch (missing.kind) {
      case 'lots': {
        const { reach } = known.lots;
        const beyond = own
          .filter((lot) => lot.remaining > 0 && (!reach || bySoonestEnd(lot, reach) > 0))
          .sort(bySoonestEnd);
        // Few at once, so that stories meet the ends of pages.
        return known.lots.readOn(beyond.slice(0, 2), beyond.length <= 2);
      }
      case 'named_lots':
        return known.lots.found(
          missing.ids,
          own.filter(({ _id }) => missing.ids.includes(_id)),
        );
      case 'holds':
        for (const id of missing.ids) {
          const hold = this.holds.get(id);
          known.holds.set(id, hold?.memberId === memberId ? hold : null);
        }
        return;
      case 'open_holds':
        for (const hold of this.holds.values())
          if (hold.memberId === memberId && !known.holds.has(hold._id)) known.holds.set(hold._id, hold);
        known.hasOpenHolds = true;
        return;
      case 'records':
        for (const id of missing.ids) {
          const record = this.records.get(id);
          known.records.set(id, record?.memberId === memberId ? record : null);
        }
    }
  }

  #write({ changes }: Books): void {
    for (const { after } of changes.profiles.values()) this.profiles.set(after._id, after);
    for (const lots of [changes.newLots, changes.changedLots])
      for (const lot of lots.values()) this.lots.set(lot._id, lot);
    for (const holds of [changes.newHolds, changes.changedHolds])
      for (const hold of holds.values()) this.holds.set(hold._id, hold);
    for (const orders of [changes.newOrders, changes.changedOrders])
      for (const order of orders.values()) this.orders.set(order.orderId, order);
    for (const record of changes.records.values()) this.records.set(record._id, record);
    for (const [id, { status, undone }] of changes.marks) {
      const record = this.records.get(id);
      if (!record) continue;
      const isLeft = status === undefined || (status === 'expired' && record.status !== 'active');
      this.records.set(id, {
        ...record,
        ...(undone ? { undone } : {}),
        ...(isLeft ? {} : markFields({ status }, this.now)),
      });
    }
    // As the outbox does: what no consumer could read undoes the transaction.
    for (const { event, announcement } of changes.facts) event.data.parse(announcement.data);
    this.facts.push(...changes.facts);
    this.onCommit(changes, this.now);
  }
}

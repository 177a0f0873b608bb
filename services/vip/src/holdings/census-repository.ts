/** Counts a tenant's holdings as they are at a time. Reads one index and no document; where they are very many, once a minute. */
import type { PipelineStage } from 'mongoose';
import { COUNTED_EACH_TIME, KeptCounts } from '@membership/platform/kept-counts';
import type { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Status } from './user-tag.ts';
import type { UserTagDocument } from './user-tag-repository.ts';

export type Census = {
  /** When these were the numbers. */
  readonly asOf: Date;
  /** Members with at least one tag that gives its privileges. */
  readonly members: number;
  readonly groups: readonly {
    readonly tagId: number;
    readonly status: Status;
    readonly count: number;
    /** Of these, active ones that end before the time asked for. */
    readonly endingSoon: number;
  }[];
};

/** `statusAt` in the database's words (a test holds the two against each other). */
const statusAt = (now: Date) => {
  const choose = (condition: object, chosen: unknown, otherwise: unknown) => ({
    $cond: [condition, chosen, otherwise],
  });
  const running = choose({ $lte: ['$expiresAt', now] }, 'grace', 'active');
  const unended = choose({ $eq: ['$status', 'suspended'] }, 'suspended', running);
  const unrevoked = choose({ $lte: ['$graceEndsAt', now] }, 'expired', unended);
  return choose({ $eq: ['$status', 'revoked'] }, 'revoked', unrevoked);
};

export class HoldingCensus {
  readonly #userTags: TenantCollection<UserTagDocument>;
  readonly #kept = new KeptCounts<Census>();
  constructor(userTags: TenantCollection<UserTagDocument>) {
    this.#userTags = userTags;
  }

  /** As they are now, or, of more holdings than are counted each time, as they were a minute ago at most. */
  recent(scope: TenantScope, now: Date, soon: Date): Promise<Census> {
    const count = () => this.count(scope, now, soon);
    const countFew = async () => {
      const found = await this.#userTags.count(scope, withTag.$match, { limit: COUNTED_EACH_TIME });
      return found.isEstimate ? null : count();
    };
    return this.#kept.of(String(scope.tenantId), countFew, count);
  }

  async count(scope: TenantScope, now: Date, soon: Date): Promise<Census> {
    type Group = { _id: { tagId: number; status: Status }; count: number; endingSoon: number };
    const [groups, members] = await Promise.all([
      this.#userTags.aggregate<Group>(scope, groupsAt(now, soon)),
      this.#userTags.aggregate<{ members: number }>(scope, membersAt(now)),
    ]);
    return {
      asOf: now,
      members: members[0]?.members ?? 0,
      groups: groups.map(({ _id, count, endingSoon }) => ({ ..._id, count, endingSoon })),
    };
  }

  /** How MongoDB would run both: for the test that shows that no document is read. */
  async explain(scope: TenantScope, now: Date, soon: Date): Promise<unknown[]> {
    const first = { $match: { tenantId: scope.tenantId } };
    return Promise.all(
      [groupsAt(now, soon), membersAt(now)].map((pipeline) =>
        this.#userTags.native.aggregate([first, ...pipeline]).explain('executionStats'),
      ),
    );
  }
}

/** The fields of the census's index; a projection to them alone lets MongoDB answer from it. */
const indexed = { _id: 0, tagId: 1, status: 1, memberId: 1, expiresAt: 1, graceEndsAt: 1 } as const;
/** Narrows nothing (every holding has a tag): it makes the census's index the one to choose. */
const withTag = { $match: { tagId: { $gt: 0 } } };

const groupsAt = (now: Date, soon: Date): PipelineStage[] => [
  withTag,
  { $project: { ...indexed, status: statusAt(now) } },
  {
    $group: {
      _id: { tagId: '$tagId', status: '$status' },
      count: { $sum: 1 },
      endingSoon: {
        $sum: { $cond: [{ $and: [{ $eq: ['$status', 'active'] }, { $lt: ['$expiresAt', soon] }] }, 1, 0] },
      },
    },
  },
];
const membersAt = (now: Date): PipelineStage[] => [
  withTag,
  { $project: { ...indexed, status: statusAt(now) } },
  { $match: { status: { $in: ['active', 'grace'] } } },
  { $group: { _id: '$memberId' } },
  { $count: 'members' },
];

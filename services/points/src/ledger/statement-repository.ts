/** Reads a profile's records in their order, and what stood at a moment. */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import { ofLiveLots } from './live-lots.ts';
import { NEVER } from '../domain/lots.ts';
import type { PointsRecord } from '../domain/record.ts';

/** Positions in a profile's chain, both included. */
export type Stretch = { readonly first: number; readonly last: number };
export type Ending = { readonly endsAt: Date; readonly points: number };

const AT_ONCE = 500;
const SHOWN = { taken: 0 } as const;

export class StatementRepository {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  /** The part of the chain between two moments, or null when it is empty. */
  async findStretch(scope: TenantScope, memberId: number, from: Date, to: Date): Promise<Stretch | null> {
    const first = await this.#edge(scope, memberId, { $gte: from, $lte: to }, 1);
    const last = await this.#edge(scope, memberId, { $gte: from, $lte: to }, -1);
    return first && last ? { first: first.ordinal, last: last.ordinal } : null;
  }

  /** The record that was the last at a moment, or null. */
  async findLastAt(scope: TenantScope, memberId: number, at: Date): Promise<PointsRecord | null> {
    return this.#edge(scope, memberId, { $lte: at }, -1);
  }

  /** Records of one moment share their time: of those the chain's first (1) or last (-1). */
  async #edge(scope: TenantScope, memberId: number, createdAt: object, direction: 1 | -1) {
    const [found] = await this.#models.records.find(
      scope,
      { memberId, createdAt },
      { sort: { createdAt: direction, _id: direction }, limit: 1, projection: SHOWN },
    );
    if (!found) return null;
    const [edge = found] = await this.#models.records.find(
      scope,
      { memberId, createdAt: found.createdAt },
      { sort: { ordinal: direction }, limit: 1, projection: SHOWN },
    );
    return edge;
  }

  /** Records of a stretch in their order, so many at most. */
  async list(
    scope: TenantScope,
    memberId: number,
    { first, last }: Stretch,
    limit: number,
  ): Promise<PointsRecord[]> {
    return this.#models.records.find(
      scope,
      { memberId, ordinal: { $gte: first, $lte: last } },
      { sort: { ordinal: 1 }, limit, projection: SHOWN },
    );
  }

  /** All records of a stretch in their order, read piece by piece. */
  async *each(scope: TenantScope, memberId: number, { first, last }: Stretch): AsyncGenerator<PointsRecord> {
    for (let next = first; next <= last; ) {
      const records = await this.list(scope, memberId, { first: next, last }, AT_ONCE);
      yield* records;
      const end = records.at(-1);
      if (!end) return;
      next = end.ordinal + 1;
    }
  }

  /** Points that holds kept frozen at a moment. */
  async frozenAt(scope: TenantScope, memberId: number, at: Date): Promise<number> {
    const [sum] = await this.#models.holds.aggregate<{ points: number }>(scope, [
      {
        $match: {
          memberId,
          createdAt: { $lte: at },
          $or: [{ settledAt: null }, { settledAt: { $gt: at } }],
        },
      },
      { $group: { _id: null, points: { $sum: '$points' } } },
    ]);
    return sum?.points ?? 0;
  }

  /** What is free in lots that end until then, soonest first. */
  async listEndings(scope: TenantScope, memberId: number, until: Date): Promise<Ending[]> {
    return ofLiveLots<Ending>(this.#models, scope, memberId, { endsAt: { $lte: until } }, [
      { $group: { _id: '$endsAt', points: { $sum: { $subtract: ['$remaining', '$held'] } } } },
      { $match: { points: { $gt: 0 } } },
      { $sort: { _id: 1 } },
      { $project: { _id: 0, endsAt: '$_id', points: 1 } },
    ]);
  }

  /** The soonest end of anything that is free, and what never ends. */
  async findEnds(scope: TenantScope, memberId: number): Promise<{ soonest: Date | null; without: number }> {
    type Ends = { soonest: Date | null; without: number };
    const [ends] = await ofLiveLots<Ends>(this.#models, scope, memberId, {}, [
      { $match: { $expr: { $gt: ['$remaining', '$held'] } } },
      {
        $group: {
          _id: null,
          soonest: { $min: { $cond: [{ $lt: ['$endsAt', NEVER] }, '$endsAt', null] } },
          without: {
            $sum: { $cond: [{ $lt: ['$endsAt', NEVER] }, 0, { $subtract: ['$remaining', '$held'] }] },
          },
        },
      },
    ]);
    return { soonest: ends?.soonest ?? null, without: ends?.without ?? 0 };
  }
}

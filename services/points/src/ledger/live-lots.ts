/** Reads the lots of a member that hold points, wherever its profile keeps them (`LotHome`). */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { CarriedLot } from '../domain/lots.ts';

type Stages = Parameters<Models['records']['aggregate']>[1];
export type LiveLots = {
  readonly endsAt?: { readonly $gt?: Date; readonly $gte?: Date; readonly $lt?: Date; readonly $lte?: Date };
  /** Without those that are held whole. */
  readonly isFree?: true;
  /** The soonest to end, so many at most. */
  readonly limit?: number;
};

/** What `stages` make of them; each has the fields of a lot that a record carries. */
export function ofLiveLots<Result = CarriedLot>(
  models: Models,
  scope: TenantScope,
  memberId: number,
  { endsAt, isFree, limit }: LiveLots,
  stages: Stages = [],
): Promise<Result[]> {
  const { tenantId } = scope;
  const soonest = (field: string): Stages =>
    limit === undefined ? [] : [{ $sort: { [field]: 1, _id: 1 } }, { $limit: limit }];
  const free = (prefix: string) =>
    isFree ? { $expr: { $gt: [`$${prefix}remaining`, `$${prefix}held`] } } : {};
  return models.records.aggregate<Result>(scope, [
    {
      $match: {
        memberId,
        'lot.isOpen': true,
        ...(endsAt ? { 'lot.endsAt': endsAt } : {}),
        ...free('lot.'),
      },
    },
    ...soonest('lot.endsAt'),
    { $replaceWith: '$lot' },
    {
      $unionWith: {
        coll: 'lots',
        pipeline: [
          {
            $match: { tenantId, memberId, remaining: { $gt: 0 }, ...(endsAt ? { endsAt } : {}), ...free('') },
          },
          ...(soonest('endsAt') as []),
        ],
      },
    },
    ...soonest('endsAt'),
    ...stages,
  ]);
}

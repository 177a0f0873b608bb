/** Which question needs which index: each is named with one, and takes that question's better way away when it goes. */
import type { Connection, mongo } from 'mongoose';

/** A question as the service asks it. */
export type IndexUse = {
  /** Which list, job or report asks it. */
  readonly why: string;
  readonly filter: object;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  readonly collation?: mongo.CollationOptions;
  /** It is about everything there is, and only the order needs the index. */
  readonly isWhole?: boolean;
  /** The service names the index itself, so no other can take its place. */
  readonly isHinted?: boolean;
};
/** By collection, then by the index's name. Unique indexes and those by which documents end are rules, and need no other reason. */
export type IndexUses = Readonly<Record<string, Readonly<Record<string, IndexUse>>>>;

type Index = {
  readonly name: string;
  readonly unique?: boolean;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: object;
};
type Stage = {
  readonly stage?: string;
  readonly indexName?: string;
  readonly filter?: object;
  readonly indexBounds?: Readonly<Record<string, readonly string[]>>;
} & Record<string, unknown>;

/** Sentences for a person: indexes that no question is named for, and those that another serves as well. */
export async function indexFaults(connection: Connection, uses: IndexUses): Promise<string[]> {
  const faults: string[] = [];
  const names = Object.values(connection.models).map((model) => model.collection.collectionName);
  for (const name of new Set([...names, ...Object.keys(uses)])) {
    const collection = connection.collection(name);
    const indexes = (await collection.indexes()) as Index[];
    const named = uses[name] ?? {};
    const known = new Set(indexes.map((index) => index.name));
    for (const index of Object.keys(named))
      if (!known.has(index)) faults.push(`${name}: there is no index ${index}`);
    for (const index of indexes) {
      if (index.name === '_id_' || index.unique || index.expireAfterSeconds !== undefined) continue;
      const use = named[index.name];
      if (!use) faults.push(`${name}: no question is named that needs ${index.name}`);
      else faults.push(...(await faultsOf(collection, indexes, index, use)));
    }
  }
  return faults;
}

async function faultsOf(
  collection: mongo.Collection,
  indexes: readonly Index[],
  index: Index,
  use: IndexUse,
): Promise<string[]> {
  const where = `${collection.collectionName}: ${index.name}`;
  const own = await effortWith(collection, index, use);
  if (own === Number.POSITIVE_INFINITY) return [`${where} does not serve “${use.why}”`];
  if (use.isHinted) return [];
  for (const other of indexes) {
    if (other.name === index.name || (await effortWith(collection, other, use)) > own) continue;
    return [`${where} is not needed for “${use.why}”: ${other.name} serves as well`];
  }
  return [];
}

/**
 * How much a question costs by an index, in ranks: a sort in memory, documents read and thrown away, any document read; an index
 * of fewer documents, and one of whose keys more are told, is the better of two. Read off the plan, which does not depend on the
 * data. Endless where all of the index would be walked and the question is not about all: it serves nothing.
 */
async function effortWith(collection: mongo.Collection, index: Index, use: IndexUse): Promise<number> {
  const { filter, sort = {}, projection, collation } = use;
  const options = { hint: index.name, ...(projection && { projection }), ...(collation && { collation }) };
  const { queryPlanner } = await collection
    .find(filter, options)
    .sort({ ...sort })
    .explain('queryPlanner');
  const stages = stagesOf(queryPlanner.winningPlan);
  const [scan, ...more] = stages.filter(({ indexName }) => indexName === index.name);
  const told = Object.values(scan?.indexBounds ?? {}).findIndex((bounds) => bounds.some(isAll));
  if (!scan || more.length > 0 || (told === 0 && !use.isWhole)) return Number.POSITIVE_INFINITY;
  const has = (stage: string) => stages.some((one) => one.stage === stage);
  const isFiltered = stages.some(({ stage, filter: left }) => stage === 'FETCH' && left !== undefined);
  const isPartial = index.partialFilterExpression !== undefined;
  const ranks = [has('SORT'), isFiltered, has('FETCH'), !isPartial].reduce(
    (effort, costs) => effort * 2 + Number(costs),
    0,
  );
  return ranks - (told === -1 ? Object.keys(scan.indexBounds ?? {}).length : told) / 32;
}

/** Whether a key is not narrowed down. */
const isAll = (bound: string): boolean => /^\[(MinKey, MaxKey|MaxKey, MinKey)\]$/.test(bound);

/** Every stage of a plan, however deep. */
function stagesOf(plan: unknown): Stage[] {
  if (Array.isArray(plan)) return plan.flatMap(stagesOf);
  if (typeof plan !== 'object' || plan === null) return [];
  const { filter: _filter, ...inner } = plan as Stage;
  return [...('stage' in plan ? [plan as Stage] : []), ...Object.values(inner).flatMap(stagesOf)];
}

/** What every service with a directory asks of it. */
export const DIRECTORY_USES: IndexUses = {
  directory_members: { tenantId_1: { why: 'the erasure of a tenant', filter: { tenantId: 1 } } },
  directory_tenants: { code_1: { why: 'a tenant that a webhook names', filter: { code: 'acme' } } },
};

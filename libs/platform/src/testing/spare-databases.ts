/**
 * Databases that test files of one process leave to each other, emptied: making a service's collections and indexes anew costs
 * MongoDB more than most files' tests do. Only where TEST_DATABASES names what they begin with, so that they are found and
 * dropped in the end (tools/test.ts).
 */
import { randomBytes } from 'node:crypto';
import type mongoose from 'mongoose';

type Database = mongoose.mongo.Db;
/** Each collection's indexes. */
type Structure = ReadonlyMap<string, string>;
type Spare = { readonly name: string; readonly structure: Structure };

/** What leaves so many documents behind leaves a new database to the next: they would go on to cost until they are swept. */
const MOST_LEFT = 5_000;
const spares = new Map<string, Spare[]>();
/** What each database that is in use was made with. */
const inUse = new Map<string, Structure>();

async function structureOf(database: Database): Promise<Structure> {
  const collections = await database.listCollections({}, { nameOnly: true }).toArray();
  const indexes = await Promise.all(
    collections.map(
      async ({ name }) => [name, JSON.stringify(await database.collection(name).indexes())] as const,
    ),
  );
  return new Map(indexes);
}

/** The name of an empty database for a service: one that was given back, or a new one. */
export function takeDatabase(service: string): string {
  const spare = spares.get(service)?.pop();
  if (!spare) return `${process.env.TEST_DATABASES ?? 'test'}_${service}_${randomBytes(5).toString('hex')}`;
  inUse.set(spare.name, spare.structure);
  return spare.name;
}

/** Called once a service has made what it needs in a database: that is what the next one finds. */
export async function keepStructure(database: Database): Promise<void> {
  if (process.env.TEST_DATABASES === undefined || inUse.has(database.databaseName)) return;
  inUse.set(database.databaseName, await structureOf(database));
}

/** Empties a database that nobody works with any more for the next who takes one, or drops it where it is not as it was made. */
export async function giveBackDatabase(service: string, database: Database): Promise<void> {
  const name = database.databaseName;
  const structure = inUse.get(name);
  inUse.delete(name);
  if (structure && (await isAsMade(database, structure))) {
    spares.set(service, [...(spares.get(service) ?? []), { name, structure }]);
    return;
  }
  await database.dropDatabase();
}

async function isAsMade(database: Database, structure: Structure): Promise<boolean> {
  const now = await structureOf(database);
  for (const name of now.keys()) if (!structure.has(name)) await database.dropCollection(name);
  for (const [name, indexes] of structure) if (now.get(name) !== indexes) return false;
  const emptied = await Promise.all(
    [...structure.keys()].map((name) => database.collection(name).deleteMany({})),
  );
  return emptied.reduce((left, { deletedCount }) => left + deletedCount, 0) <= MOST_LEFT;
}

/** How long MongoDB may work on one read: on every read that a request or a consumer waits for, whoever asks it. */
import type { Connection, Model, mongo } from 'mongoose';

/** The gateway waits a little longer. */
export const READ_MILLISECONDS = 10_000;

type Options = Readonly<Record<string, unknown>>;
const BOUND = { maxTimeMS: READ_MILLISECONDS } as const;

/** The driver's collection, whose reads end at the server in time unless they say a time of their own. */
export function boundedReads<T extends mongo.BSON.Document>(
  collection: mongo.Collection<T>,
): mongo.Collection<T> {
  const reads = {
    find: (filter: mongo.Filter<T> = {}, options?: Options) =>
      collection.find(filter, { ...BOUND, ...options }),
    findOne: (filter: mongo.Filter<T> = {}, options?: Options) =>
      collection.findOne(filter, { ...BOUND, ...options }),
    aggregate: (pipeline?: mongo.BSON.Document[], options?: Options) =>
      collection.aggregate(pipeline, { ...BOUND, ...options }),
    countDocuments: (filter?: mongo.Filter<T>, options?: Options) =>
      collection.countDocuments(filter, { ...BOUND, ...options }),
    distinct: (key: string, filter: mongo.Filter<T> = {}, options?: Options) =>
      collection.distinct(key, filter, { ...BOUND, ...options }),
  };
  return Object.assign(Object.create(collection) as mongo.Collection<T>, reads);
}

/** A collection that belongs to no one tenant, by its name. */
export const collectionOf = <T extends mongo.BSON.Document>(
  connection: Connection,
  name: string,
): mongo.Collection<T> => boundedReads<T>(connection.collection<T>(name) as unknown as mongo.Collection<T>);

/** The collection of a model that belongs to no one tenant: the model declares its indexes. */
export const modelled = <T extends mongo.BSON.Document>({ collection }: Pick<Model<unknown>, 'collection'>) =>
  boundedReads(collection as unknown as mongo.Collection<T>);

// The raw writes of an earning, as small as they can be made: profile, ledger record, outbox event. Floors stand on it.
import { randomUUID } from 'node:crypto';
import { MongoClient, type ClientSession, type Db } from 'mongodb';

type Profile = {
  _id: number;
  tenantId: number;
  total: number;
  available: number;
  earned: number;
  count: number;
  sequence: number;
  updatedAt: Date;
};
type Identified = { _id: string; [field: string]: unknown };

const MAJORITY = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
} as const;
const POINTS = 5;
const TENANT = 1;
/** Profiles that a spread load writes to. */
export const PROFILES = 256;

export class RawLedger {
  readonly #client: MongoClient;
  readonly #db: Db;

  private constructor(client: MongoClient) {
    this.#client = client;
    this.#db = client.db();
  }

  /** Connects to the database that MONGODB_URI names and makes what is missing there. */
  static async open(): Promise<RawLedger> {
    const client = await new MongoClient(process.env['MONGODB_URI'] as string, {
      maxPoolSize: 50,
      noDelay: true,
    }).connect();
    const ledger = new RawLedger(client);
    await ledger.#prepare();
    return ledger;
  }

  async #prepare(): Promise<void> {
    await this.#records.createIndex({ tenantId: 1, memberId: 1, createdAt: -1 });
    await this.#outbox.createIndex({ createdAt: 1 });
    const updatedAt = new Date();
    const missing = Array.from({ length: PROFILES }, (_, index) => ({
      updateOne: {
        filter: { _id: index + 1 },
        update: {
          $setOnInsert: {
            tenantId: TENANT,
            total: 0,
            available: 0,
            earned: 0,
            count: 0,
            sequence: 0,
            updatedAt,
          },
        },
        upsert: true,
      },
    }));
    await this.#profiles.bulkWrite(missing);
  }

  /** One earning in a transaction of its own. */
  async earn(memberId: number): Promise<void> {
    await this.#transaction(async (session) => {
      const profile = await this.#profiles.findOneAndUpdate(
        { _id: memberId },
        {
          $inc: { total: POINTS, available: POINTS, earned: POINTS, count: 1, sequence: 1 },
          $set: { updatedAt: new Date() },
        },
        { session, returnDocument: 'after' },
      );
      if (!profile) throw new Error(`no profile ${memberId}`);
      await this.#records.insertOne(recordOf(profile), { session });
      await this.#outbox.insertOne(eventOf(profile), { session });
    });
  }

  /** Earnings of several profiles, each seeing those before it, in one transaction. */
  async earnTogether(memberIds: readonly number[]): Promise<void> {
    await this.#transaction(async (session) => {
      const found = await this.#profiles
        .find({ _id: { $in: [...new Set(memberIds)] } }, { session })
        .toArray();
      const profiles = new Map(found.map((profile) => [profile._id, profile]));
      const records: Identified[] = [];
      const events: Identified[] = [];
      for (const memberId of memberIds) {
        const profile = profiles.get(memberId);
        if (!profile) throw new Error(`no profile ${memberId}`);
        profile.total += POINTS;
        profile.available += POINTS;
        profile.earned += POINTS;
        profile.count += 1;
        profile.sequence += 1;
        records.push(recordOf(profile));
        events.push(eventOf(profile));
      }
      const updates = [...profiles.values()].map(({ _id, ...state }) => ({
        updateOne: { filter: { _id }, update: { $set: state } },
      }));
      await this.#profiles.bulkWrite(updates, { session, ordered: false });
      await this.#records.insertMany(records, { session, ordered: false });
      await this.#outbox.insertMany(events, { session, ordered: false });
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  get #profiles() {
    return this.#db.collection<Profile>('profiles');
  }
  get #records() {
    return this.#db.collection<Identified>('records');
  }
  get #outbox() {
    return this.#db.collection<Identified>('outbox');
  }

  async #transaction(work: (session: ClientSession) => Promise<void>): Promise<void> {
    const session = this.#client.startSession();
    try {
      await session.withTransaction(() => work(session), MAJORITY);
    } finally {
      await session.endSession();
    }
  }
}

function recordOf(profile: Profile): Identified {
  return {
    _id: randomUUID(),
    tenantId: profile.tenantId,
    memberId: profile._id,
    ordinal: profile.count,
    type: 'earn',
    category: 'manual',
    points: POINTS,
    balanceBefore: profile.total - POINTS,
    balanceAfter: profile.total,
    multiplier: 100,
    originalPoints: POINTS,
    sourceType: 'manual',
    sourceId: null,
    reason: null,
    expiresAt: null,
    createdAt: new Date(),
    status: 'active',
  };
}

function eventOf(profile: Profile): Identified {
  const id = randomUUID();
  const createdAt = new Date();
  return {
    _id: id,
    type: 'points.earned.v1',
    aggregate: `profile:${profile._id}`,
    sequence: profile.sequence,
    envelope: {
      specversion: '1.0',
      id,
      source: '/services/points',
      type: 'points.earned.v1',
      subject: String(profile._id),
      time: createdAt.toISOString(),
      tenantid: profile.tenantId,
      actor: 'client:bench',
      sequence: profile.sequence,
      data: { profileId: profile._id, points: POINTS, category: 'manual', balanceAfter: profile.total },
    },
    createdAt,
  };
}

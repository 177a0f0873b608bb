// Floor of A1: the driver alone; licence, assignment, device and outbox event in one transaction.
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { FloorRun } from '../floor.ts';
import { serveRuns } from '../worker-protocol.ts';
import { PROFILES } from './raw-ledger.ts';
import { timedLoops } from './timed-loops.ts';

type Counted = { _id: number; bound: number; sequence: number; updatedAt: Date };
type Identified = { _id: string; [field: string]: unknown };

const client = await new MongoClient(process.env['MONGODB_URI'] as string, {
  maxPoolSize: 50,
  noDelay: true,
}).connect();
const db = client.db();
const [licenses, assignments] = [db.collection<Counted>('licenses'), db.collection<Counted>('assignments')];
const [devices, outbox] = [db.collection<Identified>('devices'), db.collection<Identified>('outbox')];
await devices.createIndex({ tenantId: 1, assignmentId: 1, boundAt: 1 });
await outbox.createIndex({ createdAt: 1 });
for (const counted of [licenses, assignments]) {
  const missing = Array.from({ length: PROFILES }, (_, index) => ({
    updateOne: {
      filter: { _id: index + 1 },
      update: { $setOnInsert: { bound: 0, sequence: 0, updatedAt: new Date() } },
      upsert: true,
    },
  }));
  await counted.bulkWrite(missing);
}

async function activate(id: number): Promise<void> {
  const session = client.startSession();
  try {
    await session.withTransaction(
      async () => {
        const now = new Date();
        await licenses.updateOne({ _id: id }, { $inc: { bound: 1 } }, { session });
        const assignment = await assignments.findOneAndUpdate(
          { _id: id },
          { $inc: { bound: 1, sequence: 1 }, $set: { updatedAt: now } },
          { session, returnDocument: 'after' },
        );
        const device = {
          tenantId: 1,
          assignmentId: id,
          licenseId: id,
          memberId: id,
          deviceId: randomUUID(),
          deviceName: null,
          boundAt: now,
          lastSeenAt: now,
        };
        await devices.insertOne({ _id: randomUUID(), ...device }, { session });
        const eventId = randomUUID();
        const envelope = {
          specversion: '1.0',
          id: eventId,
          source: '/services/licenses',
          type: 'device.bound.v1',
          subject: String(id),
          time: now.toISOString(),
          tenantid: 1,
          sequence: assignment?.sequence,
          data: device,
        };
        await outbox.insertOne(
          {
            _id: eventId,
            type: envelope.type,
            aggregate: `assignment:${id}`,
            sequence: assignment?.sequence,
            envelope,
            createdAt: now,
          },
          { session },
        );
      },
      { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' }, readPreference: 'primary' },
    );
  } finally {
    await session.endSession();
  }
}

serveRuns((run: FloorRun) => timedLoops(run, activate));

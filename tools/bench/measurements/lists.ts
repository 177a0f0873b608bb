// L1: whether the first page of a list takes longer when the list is long.
import { listPointsRecords } from '@membership/contracts/endpoints/points/index';
import { type Bench, driven, type Measurement, roundsOf } from '../bench.ts';
import type { Load, LoadResult } from '../load.ts';
import { earning } from '../product.ts';
import { ratiosOf, type Measurements, type Side } from '../report.ts';
import type { Contender } from '../rounds.ts';
import { startWorker } from '../worker.ts';

const SHORT = 1_000;
const LONG = 1_000_000;
const PER_INSERT = 10_000;
/** A second, while a page is asked for. */
const WRITES = 200;
const SECOND = 1_000;
/** Beyond every id that the service hands out meanwhile. */
const FIRST_ID = 10_000_000_000;
type Row = { _id: number; tenantId: number; memberId: number; ordinal: number; createdAt: Date };

/** Gives a tenant's member so many records, each like one that the service has written, a second apart. */
async function fill(
  { product, log }: Bench,
  { code, rows, firstId }: { code: string; rows: number; firstId: number },
) {
  const tenant = await product.newTenant(code, { members: 1 });
  const records = product.pointsDatabase.collection<Row>('records');
  const like = await records.findOne({ tenantId: tenant.id });
  if (!like) throw new Error(`${code} has no record to be filled up from`);
  log(`writing ${rows} records`);
  for (let made = 0; made < rows; made += PER_INSERT) {
    const batch = Array.from({ length: Math.min(PER_INSERT, rows - made) }, (_, index) => ({
      ...like,
      _id: firstId + made + index,
      ordinal: like.ordinal + made + index + 1,
      createdAt: new Date(like.createdAt.getTime() - (made + index) * SECOND),
    }));
    await records.insertMany(batch, { ordered: false });
  }
  return tenant;
}

async function measure(bench: Bench): Promise<Measurements> {
  const short = await fill(bench, { code: 'short-list', rows: SHORT, firstId: FIRST_ID });
  const long = await fill(bench, { code: 'long-list', rows: LONG, firstId: FIRST_ID + LONG });
  const firstPage = (tenantId: number) => ({
    port: bench.product.port,
    connections: 1,
    calls: [
      {
        method: 'GET' as const,
        path: listPointsRecords.path,
        headers: { authorization: `Bearer ${bench.product.superToken}`, 'x-tenant-id': String(tenantId) },
        expects: '"results":[{',
      },
    ],
  });
  const writer = await startWorker<Load, LoadResult>('load-generator');
  try {
    /** The same while the long list grows. */
    const whileWriting = ({ label, run }: Contender): Contender => ({
      label: `${label} while ${WRITES} earnings/s go on`,
      async run(milliseconds) {
        const calls = long.memberIds.map((memberId) => earning(long, memberId));
        const [ran] = await Promise.all([
          run(milliseconds),
          writer.run({ port: bench.product.port, calls, connections: 16, perSecond: WRITES, milliseconds }),
        ]);
        return ran;
      },
    });
    const ofShort = driven(bench, 'first page of 1,000 records', firstPage(short.id));
    const ofLong = driven(bench, 'first page of 1,000,000 records', firstPage(long.id));
    const sides = (await roundsOf(bench, [ofShort, ofLong, whileWriting(ofShort), whileWriting(ofLong)], {
      writer: writer.pid,
    })) as [Side, Side, Side, Side];
    const time = (side: Side, than: Side) => ratiosOf(side, than, ({ perSecond }) => 1 / perSecond);
    return { L1: { values: [time(sides[1], sides[0]), time(sides[3], sides[2])], sides } };
  } finally {
    await writer.stop();
  }
}

export const listsMeasurement: Measurement = { rows: ['L1'], measure };

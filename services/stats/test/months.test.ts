/** Months of the archive close by the database's clock: no process closes one for all because its own is ahead. */
import mongoose from 'mongoose';
import { databaseTime } from '@membership/platform/mongo/clock';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { ownDatabase } from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { monthBefore, type ClosedMonth } from '../src/archive/months.ts';
import { MonthsRepository } from '../src/archive/months-repository.ts';

let connection: mongoose.Connection;
let months: MonthsRepository;
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  connection = await mongoose.createConnection(ownDatabase('test_stats')).asPromise();
  months = new MonthsRepository(connection, new ArchiveRepository(connection));
});
afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
});

const DAYS = 86_400_000;
/** What is done by a process whose clock is that far ahead. */
async function ahead<T>(days: number, work: () => Promise<T>): Promise<T> {
  const Right = Date;
  const shift = days * DAYS;
  globalThis.Date = class extends Right {
    constructor(...[given = Right.now() + shift]: [number?]) {
      super(given);
    }
    static override now = (): number => Right.now() + shift;
  } as DateConstructor;
  try {
    return await work();
  } finally {
    globalThis.Date = Right;
  }
}

test.each([62, -62, 0])(
  'a process whose clock is %i days ahead closes what is over, and nothing else',
  async (days) => {
    const over = monthBefore(await databaseTime(connection));
    await ahead(days, async () => {
      if (days !== 0) expect(monthBefore(new Date())).not.toBe(over);
      expect((await months.close())._id).toBe(over);
    });
    expect(await connection.collection<ClosedMonth>('archive_months').distinct('_id')).toEqual([over]);
  },
);

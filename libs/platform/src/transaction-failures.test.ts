import { mongo } from 'mongoose';
import { isPassing, saysAborted } from './transaction-failures.ts';

const failed = (code: number, ...errorLabels: string[]) =>
  new mongo.MongoServerError({ message: 'failed', code, errorLabels });

test('a transaction whose connections were let go before its commit may be run again: the server knows nothing of it', () => {
  const letGo = new mongo.MongoNetworkError('the pool was cleared');
  letGo.addErrorLabel('PoolRequestedRetry');
  const ofMany = new mongo.MongoBulkWriteError(letGo as never, {} as mongo.BulkWriteResult);
  expect([letGo, ofMany].map((error) => [isPassing(error), saysAborted(error)])).toEqual([
    [true, false],
    [true, false],
  ]);
});

test('a transaction that conflicted, or that the server ended for its length, may be run again; another failure may not', () => {
  expect(isPassing(failed(112, 'TransientTransactionError'))).toBe(true);
  // The server does not label it.
  expect([isPassing(failed(290)), saysAborted(failed(290))]).toEqual([true, true]);
  const inBulk = new mongo.MongoBulkWriteError(
    { message: 'interrupted', code: 290, writeErrors: [] },
    {} as mongo.BulkWriteResult,
  );
  expect(isPassing(inBulk)).toBe(true);
  for (const other of [failed(11_000), failed(8_000), new Error('ours'), null, undefined])
    expect(isPassing(other)).toBe(false);
});

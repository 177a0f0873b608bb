import { mongo } from 'mongoose';
import { notFound } from '@membership/contracts/errors';
import { TooLate } from '../deadline.ts';
import { CommitUnknown, DeadlinePassed } from '../transaction-failures.ts';
import { toRefusal } from './to-refusal.ts';

const labelled = (label: string) =>
  new mongo.MongoServerError({ message: 'no', code: 251, errorLabels: [label] });
const ended = (code: number) => new mongo.MongoServerError({ message: 'no', code });

test('a refusal stays what it is', () => {
  const refusal = notFound();
  expect(toRefusal(refusal)).toBe(refusal);
});

test.each([
  ['a time that was over', new DeadlinePassed()],
  ['a connection that broke', new mongo.MongoNetworkError('gone')],
  ['a time that the driver kept', new mongo.MongoOperationTimeoutError('late')],
  ['a server that the driver let go', new mongo.MongoServerClosedError('gone')],
  ['a transaction that could not finish', labelled('TransientTransactionError')],
  ['a commit that nobody knows of', labelled('UnknownTransactionCommitResult')],
  ['a server that steps down', labelled('RetryableWriteError')],
  ['a server that is no primary any more', new mongo.MongoServerError({ message: 'no', code: 10_107 })],
  ['what only passes it on', new Error('no', { cause: new mongo.MongoNetworkError('gone') })],
  ['a time limit of MongoDB', ended(50)],
  ['a cursor that a restart took along', ended(43)],
  ['a read that was stopped', ended(11_601)],
  ['a plan that was given up', ended(175)],
  ['no member that can serve a read', ended(133)],
  ['a time limit that something wraps', new Error('no', { cause: ended(50) })],
  ['a server that gives no answer', new mongo.MongoUnexpectedServerResponseError('none')],
  ['a lock that was not to be had', ended(24)],
  ['a conflict outside of a transaction', ended(112)],
  ['a snapshot that is too old', ended(239)],
  ['a snapshot that is not there yet', ended(246)],
  ['too many sessions', ended(261)],
  ['storage that changed meanwhile', ended(355)],
  ['memory that was short', ended(365)],
  ['a client that was to go', ended(46_841)],
  ['a time limit of many writes', new mongo.MongoBulkWriteError(ended(50), {} as never)],
  ['a time of our own for what has none', new TooLate('the members could not be read (2000 ms)')],
])('%s is 503, and says when to ask again', (_what, error) => {
  expect(toRefusal(error)).toMatchObject({ code: 'SYS_002', options: { headers: { 'retry-after': '2' } } });
});

test('a commit whose fate is not known is not called undone: nobody is told to try again without a look', () => {
  const refusal = toRefusal(new CommitUnknown(new mongo.MongoNetworkError('gone')));
  expect([refusal.code, refusal.status, refusal.options.headers]).toEqual([
    'OUTCOME_UNKNOWN',
    503,
    undefined,
  ]);
});

test('a unique index that said no is 409, also inside a transaction', () => {
  expect(toRefusal(new mongo.MongoServerError({ message: 'E11000', code: 11_000 }))).toMatchObject({
    code: 'CONFLICT',
  });
});

test.each([
  [new TypeError('x is undefined')],
  [ended(2)],
  [Object.assign(new Error('no'), { code: 50 })],
  ['a text'],
  [undefined],
  [null],
])('%p is our fault: 500', (error) => {
  expect(toRefusal(error).code).toBe('SYS_001');
});

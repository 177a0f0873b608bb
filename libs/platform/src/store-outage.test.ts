import mongoose from 'mongoose';
import { refuse } from '@membership/contracts/errors';
import { isStoreAway } from './store-outage.ts';

const { MongoNetworkError, MongoServerError, MongoNotConnectedError, MongoServerSelectionError } =
  mongoose.mongo;
const serverError = (code: number) => new MongoServerError({ message: 'said the server', code });

test.each([
  ['a broken connection', new MongoNetworkError('ECONNRESET')],
  ['no connection yet', new MongoNotConnectedError('not connected')],
  ['no server', new MongoServerSelectionError('none', {} as never)],
  ['not primary', serverError(10_107)],
  ['stepped down', serverError(189)],
  ['shutting down', serverError(91)],
  ['something that wraps it', new Error('could not save', { cause: new MongoNetworkError('ECONNREFUSED') })],
  [
    "mongoose's buffer",
    Object.assign(new Error('Operation `x.find()` buffering timed out after 10000ms'), {
      name: 'MongooseError',
    }),
  ],
])('%s is an outage', (_what, error) => {
  expect(isStoreAway(error)).toBe(true);
});

/** Of the driver's own errors, those that tell of the way to the server, whatever the version calls them. */
const ofTheWay = Object.entries(mongoose.mongo)
  .filter(([name, value]) => /^Mongo(?!Crypt).*Error$/.test(name) && typeof value === 'function')
  .filter(([name]) =>
    /Network|Timeout|Closed|Cleared|Selection|NotConnected|ExpiredSession|StalePrimary|ServerResponse/.test(
      name,
    ),
  )
  .map(([name, value]) => ({
    name,
    made: new (value as unknown as new (message: string, about: object) => Error)('gone', {}),
  }));
test.each([...ofTheWay])(
  '$name of the driver is an outage, alone, as a cause and of many writes',
  ({ name, made }) => {
    expect(made.name).toBe(name);
    const ofMany = new mongoose.mongo.MongoBulkWriteError(made as never, {} as never);
    expect([made, new Error('no', { cause: made }), ofMany].map(isStoreAway)).toEqual([true, true, true]);
  },
);
test('the driver is asked for the errors that matter', () =>
  expect(ofTheWay.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'MongoOperationTimeoutError',
      'MongoServerClosedError',
      'MongoNetworkTimeoutError',
    ]),
  ));

/** What the server answers by its code, as it names it. */
test.each([
  ['HostUnreachable', 6],
  ['HostNotFound', 7],
  ['WriteConcernTimeout', 64],
  ['NetworkTimeout', 89],
  ['ShutdownInProgress', 91],
  ['NotYetInitialized', 94],
  ['PrimarySteppedDown', 189],
  ['KeyNotFound', 211],
  ['ExceededTimeLimit', 262],
  ['UserWritesBlocked', 371],
  ['SocketException', 9001],
  ['LegacyNotPrimary', 10_058],
  ['NotWritablePrimary', 10_107],
  ['InterruptedAtShutdown', 11_600],
  ['InterruptedDueToReplStateChange', 11_602],
  ['NotPrimaryNoSecondaryOk', 13_435],
  ['NotPrimaryOrSecondary', 13_436],
])('%s of the server is an outage, alone, of many writes and as a concern of a write', (_name, code) => {
  const ofMany = new mongoose.mongo.MongoBulkWriteError({ message: 'said the server', code }, {} as never);
  const concern = { ok: 1, writeConcernError: { code, errmsg: 'said the server' } };
  const ofConcern = new mongoose.mongo.MongoWriteConcernError(concern as never);
  expect([serverError(code), ofMany, ofConcern].map(isStoreAway)).toEqual([true, true, true]);
});

test('whatever keeps a connection from coming about is an outage', () => {
  const error = serverError(18);
  error.addErrorLabel('HandshakeError');
  expect(isStoreAway(error)).toBe(true);
});

test('a commit whose fate is unknown is an outage: asked again, the inbox knows', () => {
  const error = serverError(50);
  error.addErrorLabel('UnknownTransactionCommitResult');
  expect(isStoreAway(error)).toBe(true);
});

test.each([
  ['a duplicate key', serverError(11_000)],
  ['a write conflict', serverError(112)],
  ['a wrong query', serverError(2)],
  ['a refusal', refuse('POINTS_DISABLED')],
  ['a programming error', new TypeError('x is not a function')],
  ['a network error of something else', Object.assign(new Error('no'), { code: 6 })],
  ['a file that is not there', Object.assign(new Error('no'), { code: 'ENOENT' })],
  ['a wrong password', serverError(18)],
  ['nothing', undefined],
])('%s is none', (_what, error) => {
  expect(isStoreAway(error)).toBe(false);
});

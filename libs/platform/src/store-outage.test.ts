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
    /Network|Timeout|Closed|Cleared|Selection|NotConnected|ExpiredSession|StalePrimary/.test(name),
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
  ['nothing', undefined],
])('%s is none', (_what, error) => {
  expect(isStoreAway(error)).toBe(false);
});

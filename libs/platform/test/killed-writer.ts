/** A process that writes a row about a subject, says so once it is committed, and is killed before it tells Redis of the end. */
import mongoose from 'mongoose';
import { AnswerCache } from '@membership/platform/answers/answer-cache';
import { createMetrics } from '@membership/platform/metrics';
import { SharedStore } from '@membership/platform/shared-store';

const [database = '', url = '', prefix = '', id = '', value = ''] = process.argv.slice(2);
const connection = await mongoose.createConnection(database).asPromise();
const logger = { info: () => undefined, warn: () => undefined };
const metrics = createMetrics('killed');
const store = new SharedStore({
  ...{ url, prefix, logger, metrics, isIdentified: true, gauge: 'redis_up', says: { up: '', away: '' } },
});
const cache = new AnswerCache({ connection, store, metrics, seconds: { balances: 60 }, settle: 0 });
store.start();
while (store.server === undefined) await new Promise((next) => setTimeout(next, 5));
await cache.begin([{ kind: 'balances', tenantId: 1, id: Number(id) }]);
await connection
  .collection<{ _id: number; value: number }>('rows')
  .updateOne({ _id: Number(id) }, { $set: { value: Number(value) } }, { upsert: true });
process.stdout.write('committed\n');
setInterval(() => undefined, 1_000);

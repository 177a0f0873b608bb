import { createLogger } from '../log.ts';
import type { OutboxEntry } from '../outbox.ts';
import { UnfinishedEntries } from './unfinished-entries.ts';

const logger = createLogger({ service: 'points', level: 'silent' });
const entry = (_id: string, ...ids: readonly string[]): OutboxEntry => ({
  _id,
  facts: ids.map((id, sequence) => ({ id, type: 'thing.made.v1', aggregate: 'a', sequence, content: '{}' })),
});
/** Rows whose deletion fails so often. */
function rowsFailing(times = 0) {
  const removed: string[][] = [];
  let failures = times;
  const remove = async (ids: readonly string[]) => {
    if (failures-- > 0) throw new Error('no');
    removed.push([...ids]);
  };
  return { removed, entries: new UnfinishedEntries({ remove }, logger) };
}
const idsOf = (facts: readonly { id: string }[]) => facts.map(({ id }) => id);

test('an entry is deleted when all of it is confirmed; read again before, what was confirmed stays away', async () => {
  const { entries, removed } = rowsFailing();
  const [a, b, c] = entries.toSend(entry('e', 'a', 'b', 'c'));
  for (const fact of [a, c]) if (fact) entries.confirmed(fact);
  await entries.finish();
  expect([removed, [...entries.done()]]).toEqual([[], []]);
  expect(idsOf(entries.toSend(entry('e', 'a', 'b', 'c')))).toEqual(['b']);
  if (b) entries.confirmed(b);
  expect([...entries.done()]).toEqual(['e']);
  await entries.finish();
  expect([removed, [...entries.done()]]).toEqual([[['e']], []]);
});

test('what cannot be deleted stays known, and goes with the next', async () => {
  const { entries, removed } = rowsFailing(1);
  for (const fact of entries.toSend(entry('e', 'a'))) entries.confirmed(fact);
  await entries.finish();
  expect([removed, [...entries.done()]]).toEqual([[], ['e']]);
  for (const fact of entries.toSend(entry('f', 'b'))) entries.confirmed(fact);
  await entries.finish();
  expect(removed).toEqual([['e', 'f']]);
});

test('what was forgotten is sent whole', () => {
  const { entries } = rowsFailing();
  const [a] = entries.toSend(entry('e', 'a', 'b'));
  if (a) entries.confirmed(a);
  entries.forget();
  expect(idsOf(entries.toSend(entry('e', 'a', 'b')))).toEqual(['a', 'b']);
});

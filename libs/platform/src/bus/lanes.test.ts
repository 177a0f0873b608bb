import type { OutboxRow } from '../transaction.ts';
import { Lanes } from './lanes.ts';
import type { Outcome } from './publisher.ts';

const row = (aggregate: string, sequence: number) =>
  ({ _id: `${aggregate}${sequence}`, aggregate, sequence }) as OutboxRow;
const rows = (aggregate: string, count: number) =>
  Array.from({ length: count }, (_, index) => row(aggregate, index + 1));

/** Lanes whose rows are answered by hand, in any order. */
function lanesOf() {
  const sent: string[] = [];
  const answers = new Map<string, (outcome: Outcome) => void>();
  const told = { mayGoOn: true, empty: 0 };
  const lanes = new Lanes({
    send: ({ _id }) => {
      sent.push(_id);
      return new Promise((done) => answers.set(_id, done));
    },
    mayGoOn: () => told.mayGoOn,
    onEmpty: () => void told.empty++,
  });
  const answer = async (id: string, outcome: Outcome = 'confirmed') => {
    answers.get(id)?.(outcome);
    // What waited for the answer goes on in the next turns.
    await new Promise((done) => setImmediate(done));
  };
  return { lanes, sent, told, answer };
}

test('an aggregate has 64 rows under way, in order; others do not wait for it, and nothing goes twice', async () => {
  const { lanes, sent, told, answer } = lanesOf();
  lanes.add(rows('a', 66));
  lanes.add([...rows('a', 66), row('b', 1)]);
  expect(sent).toEqual([...rows('a', 64).map(({ _id }) => _id), 'b1']);
  await answer('a2');
  expect(sent.slice(65)).toEqual(['a65']);
  for (const id of [...sent, 'a66']) await answer(id);
  expect([lanes.size, told.empty]).toEqual([0, 1]);
});

test('trouble drops what waits behind it in its lane only; it is told until it is forgiven', async () => {
  const { lanes, sent, answer } = lanesOf();
  lanes.add([...rows('a', 66), ...rows('b', 66)]);
  await answer('a1', 'lost');
  expect([lanes.trouble, sent.includes('a65'), lanes.size]).toEqual(['lost', false, 63 + 66]);
  await answer('b1');
  expect(sent).toContain('b65');
  let isOver = false;
  void lanes.atMost(0).then(() => (isOver = true));
  for (const id of sent.slice(0, -1)) await answer(id);
  expect(isOver).toBe(false);
  for (const id of ['b65', 'b66']) await answer(id);
  expect([isOver, lanes.size]).toEqual([true, 0]);
  lanes.forgive();
  lanes.add(rows('a', 1));
  expect([lanes.trouble, sent.at(-1)]).toEqual([undefined, 'a1']);
});

test('after a refusal rows go one by one, so that nothing overtakes', async () => {
  const { lanes, sent, answer } = lanesOf();
  lanes.add(rows('a', 1));
  await answer('a1', 'refused');
  lanes.forgive();
  lanes.add(rows('b', 3));
  expect(sent).toEqual(['a1', 'b1']);
  await answer('b1');
  expect(sent).toEqual(['a1', 'b1', 'b2']);
});

test('who may not go on drops what waits', async () => {
  const { lanes, sent, told, answer } = lanesOf();
  lanes.add(rows('a', 70));
  told.mayGoOn = false;
  await answer('a1');
  expect([sent.length, lanes.size, lanes.trouble]).toEqual([64, 63, undefined]);
});

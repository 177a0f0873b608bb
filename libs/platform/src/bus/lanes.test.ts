import { Lanes, type LaneFact } from './lanes.ts';
import type { Outcome } from './publisher.ts';

const fact = (aggregate: string, sequence: number) =>
  ({ id: `${aggregate}${sequence}`, aggregate, sequence, entryId: `of ${aggregate}` }) as LaneFact;
const facts = (aggregate: string, count: number) =>
  Array.from({ length: count }, (_, index) => fact(aggregate, index + 1));

/** Lanes whose facts are answered by hand, in any order. */
function lanesOf() {
  const sent: string[] = [];
  const answers = new Map<string, (outcome: Outcome) => void>();
  const told = { mayGoOn: true };
  const lanes = new Lanes({
    send: ({ id }) => {
      sent.push(id);
      return new Promise((done) => answers.set(id, done));
    },
    mayGoOn: () => told.mayGoOn,
  });
  const answer = async (id: string, outcome: Outcome = 'confirmed') => {
    answers.get(id)?.(outcome);
    // What waited for the answer goes on in the next turns.
    await new Promise((done) => setImmediate(done));
  };
  return { lanes, sent, told, answer };
}

test('an aggregate has 64 facts under way, in order; others do not wait for it, and nothing goes twice', async () => {
  const { lanes, sent, answer } = lanesOf();
  lanes.add(facts('a', 66));
  lanes.add([...facts('a', 66), fact('b', 1)]);
  expect(sent).toEqual([...facts('a', 64).map(({ id }) => id), 'b1']);
  await answer('a2');
  expect(sent.slice(65)).toEqual(['a65']);
  expect([...lanes.entryIds()]).toEqual(['of a', 'of b']);
  for (const id of [...sent, 'a66']) await answer(id);
  expect([lanes.size, lanes.entryIds().size]).toEqual([0, 0]);
});

test('trouble drops what waits behind it in its lane only; it is told until it is forgiven', async () => {
  const { lanes, sent, answer } = lanesOf();
  lanes.add([...facts('a', 66), ...facts('b', 66)]);
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
  lanes.add(facts('a', 1));
  expect([lanes.trouble, sent.at(-1)]).toEqual([undefined, 'a1']);
});

test('after a refusal facts go one by one, so that nothing overtakes', async () => {
  const { lanes, sent, answer } = lanesOf();
  lanes.add(facts('a', 1));
  await answer('a1', 'refused');
  lanes.forgive();
  lanes.add(facts('b', 3));
  expect(sent).toEqual(['a1', 'b1']);
  await answer('b1');
  expect(sent).toEqual(['a1', 'b1', 'b2']);
});

test('who may not go on drops what waits', async () => {
  const { lanes, sent, told, answer } = lanesOf();
  lanes.add(facts('a', 70));
  told.mayGoOn = false;
  await answer('a1');
  expect([sent.length, lanes.size, lanes.trouble]).toEqual([64, 63, undefined]);
});

test('facts follow what was taken last of their aggregates; after trouble nothing is known of that', async () => {
  const { lanes, told, answer } = lanesOf();
  const follows = (...asked: LaneFact[]) => lanes.follow(asked);
  expect([follows(fact('a', 1)), follows(fact('a', 2)), follows(...facts('a', 3))]).toEqual([
    true,
    false,
    true,
  ]);
  lanes.add(facts('a', 2));
  expect([follows(fact('a', 3), fact('b', 1)), follows(fact('a', 4)), follows(fact('a', 2))]).toEqual([
    true,
    false,
    false,
  ]);
  expect([follows(fact('a', 3), fact('a', 4)), follows(fact('a', 4), fact('a', 3))]).toEqual([true, false]);
  await answer('a1');
  expect(follows(fact('a', 3))).toBe(true);
  await answer('a2', 'lost');
  expect(follows(fact('a', 3))).toBe(false);
  lanes.forgive();
  lanes.add(facts('c', 70));
  expect(follows(fact('c', 71))).toBe(true);
  told.mayGoOn = false;
  await answer('c1');
  expect(follows(fact('c', 71))).toBe(false);
});

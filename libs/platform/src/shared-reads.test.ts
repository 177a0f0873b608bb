import { SharedReads } from './shared-reads.ts';

/** A question under way: what it asks for, and how to end it. */
type Question = { keys: readonly number[]; answer(): void; fail(error: Error): void };

function reads({ maximum }: { maximum?: number } = {}) {
  const questions: Question[] = [];
  const shared = new SharedReads<number, string>({
    nameOf: String,
    ...(maximum === undefined ? {} : { maximum }),
    ask: (keys) =>
      new Promise((done, failed) => {
        questions.push({
          keys,
          answer: () =>
            done(new Map(keys.filter((key) => key > 0).map((key) => [String(key), `value ${key}`]))),
          fail: failed,
        });
      }),
  });
  return { shared, questions };
}
const nextTurn = () => new Promise((next) => setImmediate(next));

test('a lone read is asked at once; those that come meanwhile share the next question', async () => {
  const { shared, questions } = reads();
  const first = shared.get(1);
  await nextTurn();
  expect(questions.map(({ keys }) => keys)).toEqual([[1]]);
  const others = [shared.get(2), shared.get(3), shared.get(2)];
  await nextTurn();
  expect(questions).toHaveLength(1);
  questions[0]?.answer();
  expect(await first).toBe('value 1');
  await nextTurn();
  expect(questions[1]?.keys).toEqual([2, 3]);
  questions[1]?.answer();
  expect(await Promise.all(others)).toEqual(['value 2', 'value 3', 'value 2']);
});

test('a read never joins the question of the same key that began before it', async () => {
  const { shared, questions } = reads();
  const before = shared.get(1);
  await nextTurn();
  const after = shared.get(1);
  questions[0]?.answer();
  await before;
  await nextTurn();
  expect(questions[1]?.keys).toEqual([1]);
  questions[1]?.answer();
  expect(await after).toBe('value 1');
});

test('what is not there is undefined, and a question that fails fails those that asked it alone', async () => {
  const { shared, questions } = reads();
  const absent = shared.get(-1);
  await nextTurn();
  const failing = shared.get(2);
  questions[0]?.answer();
  expect(await absent).toBeUndefined();
  await nextTurn();
  const later = shared.get(3);
  questions[1]?.fail(new Error('the server is gone'));
  await expect(failing).rejects.toThrow('the server is gone');
  await nextTurn();
  questions[2]?.answer();
  expect(await later).toBe('value 3');
});

test('a question holds no more keys than it may', async () => {
  const { shared, questions } = reads({ maximum: 2 });
  const all = [1, 2, 3].map((key) => shared.get(key));
  await nextTurn();
  expect(questions[0]?.keys).toEqual([1, 2]);
  questions[0]?.answer();
  await nextTurn();
  expect(questions[1]?.keys).toEqual([3]);
  questions[1]?.answer();
  expect(await Promise.all(all)).toEqual(['value 1', 'value 2', 'value 3']);
});

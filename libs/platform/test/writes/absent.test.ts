/**
 * What a plain read has shown is found by a write that follows, though a snapshot may be older than that read: MongoDB's
 * snapshots leave out what was committed beside a commit that is still under way.
 */
import { notFound, Refusal } from '@membership/contracts/errors';
import { transactionsOf, type UnitOfWork } from '@membership/platform/transaction';
import { scopeOf, WritesKit } from './kit.ts';

let kit: WritesKit;
beforeAll(async () => {
  kit = await WritesKit.start();
});
afterAll(() => kit.stop());

/** Looks for a counter that somebody else makes when the first snapshot has begun. */
function lookingFor(name: string): {
  look: (unit: UnitOfWork) => Promise<string | Refusal>;
  looks: () => number;
} {
  let looks = 0;
  const counters = kit.connection.collection<{ _id: string; times: number }>('counters');
  return {
    looks: () => looks,
    async look({ session }) {
      await counters.findOne({ _id: 'anything' }, { session });
      if (++looks === 1) await counters.insertOne({ _id: name, times: 1 });
      const found = await counters.findOne({ _id: name }, { session });
      return found?._id ?? notFound();
    },
  };
}

test('by a lone write', async () => {
  const { look, looks } = lookingFor('lone');
  const found = await transactionsOf(kit.connection, 'points').run(async (unit) => {
    const outcome = await look(unit);
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  });
  expect([found, looks()]).toEqual(['lone', 2]);
});

test('by a group, whose other items are done once', async () => {
  const { look, looks } = lookingFor('grouped');
  const group = kit.group(kit.connection, {
    decide: async (items, unit) => {
      const outcomes: (string | Refusal)[] = [];
      for (const { command } of items) {
        await kit.add(kit.connection, command.to, unit);
        outcomes.push(command.to === 'looks' ? await look(unit) : command.to);
      }
      return outcomes;
    },
  });
  const settled = await Promise.all(
    ['looks', 'beside'].map((to) => group.submit({ scope: scopeOf(), command: { to } })),
  );
  expect(settled).toEqual([{ outcome: 'grouped' }, { outcome: 'beside' }]);
  expect([looks(), await kit.times('beside')]).toEqual([2, 1]);
});

test('and what is not there is looked for twice, no more', async () => {
  let looks = 0;
  const work = () => {
    looks++;
    return Promise.reject(notFound());
  };
  await expect(transactionsOf(kit.connection, 'points').run(work)).rejects.toMatchObject({ code: 'BIZ_001' });
  expect(looks).toBe(2);
});

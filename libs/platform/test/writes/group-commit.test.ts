/** The group commit itself: what shares a transaction, what waits, what is refused, and what holds nobody else up. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { Operation } from '@membership/platform/idempotency';
import { eventually } from '@membership/platform/testing/eventually';
import { scopeOf, until, WritesKit, type Add } from './kit.ts';

let kit: WritesKit;
beforeAll(async () => {
  kit = await WritesKit.start();
});
afterAll(() => kit.stop());

const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const operation = (id: string, fingerprint = 'the request'): Operation => ({
  id,
  fingerprint,
  olderFingerprints: [],
  place: 'the path',
  tenantId: 1,
});
const timesOf = (names: readonly string[]) => Promise.all(names.map((name) => kit.times(name)));
const ones = (names: readonly unknown[]) => names.map(() => 1);

/** A group that writes down the sizes of its transactions, and decides when told to. */
function watched({ gate = Promise.resolve(), connection = kit.connection, ...options }: Watched = {}) {
  const batches: (readonly Add[])[] = [];
  const group = kit.group(connection, {
    decide: async (items, unit) => {
      batches.push(items.map(({ command }) => command));
      await gate;
      for (const { command } of items) await kit.add(connection, command.to, unit);
      return items.map(({ command }) => command.to);
    },
    ...options,
  });
  return { group, batches };
}
type Watched = Parameters<WritesKit['group']>[1] & {
  gate?: Promise<void>;
  connection?: WritesKit['connection'];
};

function aGate(): { gate: Promise<void>; open: () => void } {
  let open = () => undefined as void;
  const gate = new Promise<void>((done) => (open = done));
  return { gate, open };
}

test('what waits at the same moment shares a transaction, up to the maximum', async () => {
  const { group, batches } = watched({ maximum: 10 });
  const names = named('shared', 25);
  await Promise.all(names.map((to) => group.submit({ scope: scopeOf(), command: { to } })));
  expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(await timesOf(names)).toEqual(ones(names));
});

test('a refusal is one item’s: the others are committed, and its answer is not stored', async () => {
  const group = kit.group(kit.connection, {
    decide: async (items, unit) => {
      const outcomes: (string | Refusal)[] = [];
      for (const { command } of items)
        if (command.to === 'refused') outcomes.push(refuse('INSUFFICIENT_POINTS'));
        else {
          await kit.add(kit.connection, command.to, unit);
          outcomes.push(command.to);
        }
      return outcomes;
    },
  });
  const answer = (outcome: string) => ({ status: 200, body: { outcome } });
  const [refused, done] = await Promise.allSettled([
    group.submit({ scope: scopeOf(), command: { to: 'refused' }, operation: operation('refused'), answer }),
    group.submit({ scope: scopeOf(), command: { to: 'beside' } }),
  ]);
  expect(refused).toMatchObject({ reason: { code: 'INSUFFICIENT_POINTS' } });
  expect(done).toMatchObject({ value: { outcome: 'beside' } });
  expect(await kit.connection.collection('operations').countDocuments({ _id: 'refused' as never })).toBe(0);
});

test('a key has one effect, and gives its answer again; under another request it is refused', async () => {
  const { group, batches } = watched();
  const ticket = (fingerprint?: string) => ({
    scope: scopeOf(),
    command: { to: 'keyed' },
    operation: operation('a-key', fingerprint),
    answer: (outcome: string) => ({ status: 201, body: { outcome } }),
  });
  const results = await Promise.all([group.submit(ticket()), group.submit(ticket()), group.submit(ticket())]);
  expect(results).toEqual([
    { outcome: 'keyed' },
    { replayed: { status: 201, body: { outcome: 'keyed' } } },
    { replayed: { status: 201, body: { outcome: 'keyed' } } },
  ]);
  await expect(group.submit(ticket('another request'))).rejects.toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
    options: { details: { differs_in: 'body', used_at: expect.any(String) } },
  });
  const elsewhere = { ...ticket('another request'), operation: { ...operation('a-key', 'x'), place: 'y' } };
  await expect(group.submit(elsewhere)).rejects.toMatchObject({
    options: { details: { differs_in: 'path' } },
  });
  // A row of before names no path.
  await kit.connection
    .collection('operations')
    .updateOne({ _id: 'a-key' as never }, { $unset: { place: 1 } });
  const known = { options: { details: { used_at: expect.any(String) } } };
  await expect(group.submit(elsewhere)).rejects.toMatchObject(known);
  await expect(group.submit(elsewhere)).rejects.not.toHaveProperty('options.details.differs_in');

  expect([batches.length, await kit.times('keyed')]).toEqual([1, 1]);
});

test('two processes with the same key at once: one effect, and both have its answer', async () => {
  const names = named('race', 20);
  const groups = [kit.group(), kit.group()];
  const all = names.flatMap((to) =>
    groups.map((group) =>
      group.submit({
        scope: scopeOf(),
        command: { to },
        operation: operation(to),
        answer: (outcome) => ({ status: 200, body: { outcome } }),
      }),
    ),
  );
  const settled = await Promise.all(all);
  expect(settled.filter((one) => 'outcome' in one)).toHaveLength(names.length);
  expect(await timesOf(names)).toEqual(ones(names));
});

test('what is contended holds up itself alone, and what else is about it keeps its order', async () => {
  const { group } = watched();
  const names = named('free', 63);
  await Promise.all(['contended', ...names].map((to) => group.submit({ scope: scopeOf(), command: { to } })));
  const session = await kit.connection.startSession();
  session.startTransaction();
  const counters = kit.connection.collection<{ _id: string; times: number }>('counters');
  await counters.updateOne({ _id: 'contended' }, { $inc: { times: 100 } }, { session });
  const order: string[] = [];
  const submit = (to: string) =>
    group.submit({ scope: scopeOf(), command: { to } }).then(() => void order.push(to));
  const contended = [submit('contended')];
  const free = names.map(submit);
  await Promise.all(free);
  contended.push(submit('contended'));
  await Promise.all(named('later', 20).map(submit));
  expect(order).not.toContain('contended');
  await session.commitTransaction();
  await session.endSession();
  await Promise.all(contended);
  expect(await kit.times('contended')).toBe(103);
  expect(await timesOf(names)).toEqual(names.map(() => 2));
});

test('an item that cannot be done fails alone, and is found without trying each', async () => {
  let begun = 0;
  const group = kit.group(kit.connection, {
    decide: async (items, unit) => {
      begun++;
      for (const { command } of items)
        if (command.to === 'poison') throw new TypeError('poison');
        else await kit.add(kit.connection, command.to, unit);
      return items.map(({ command }) => command.to);
    },
  });
  const names = named('healthy', 63);
  const results = await Promise.allSettled(
    ['poison', ...names].map((to) => group.submit({ scope: scopeOf(), command: { to } })),
  );
  expect(results.filter(({ status }) => status === 'rejected')).toEqual([
    { status: 'rejected', reason: new TypeError('poison') },
  ]);
  expect(begun).toBeLessThanOrEqual(1 + 2 * 6);
  expect(await timesOf(names)).toEqual(ones(names));
});

test('tenants have their turns: one with much to do does not keep another waiting', async () => {
  const { group, batches } = watched({ maximum: 10 });
  const much = named('much', 200).map((to) => group.submit({ scope: scopeOf(1), command: { to } }));
  const little = group.submit({ scope: scopeOf(2), command: { to: 'little' } });
  await Promise.all([...much, little]);
  expect(batches.findIndex((batch) => batch.some(({ to }) => to === 'little'))).toBe(0);
});

test('the queue is bounded, for a tenant at half of it, and says when to come again', async () => {
  const { gate, open } = aGate();
  const { group, batches } = watched({ gate, maximum: 1, maximumWaiting: 8 });
  const submit = (tenantId: number, to: string) =>
    group.submit({ scope: scopeOf(tenantId), command: { to } });
  const taken = [submit(1, 'full-0')];
  await eventually(() => expect(batches).toHaveLength(1));
  taken.push(...named('full-a', 4).map((to) => submit(1, to)));
  const refusal = { code: 'SYS_002', options: { headers: { 'retry-after': '2' } } };
  await expect(submit(1, 'full-over')).rejects.toMatchObject(refusal);
  taken.push(...named('full-b', 4).map((to) => submit(2, to)));
  await expect(submit(3, 'full-over')).rejects.toMatchObject(refusal);
  open();
  await Promise.all(taken);
  expect(await kit.times('full-over')).toBe(0);
});

test('what waits is refused in its time, and dropped when nobody waits for it: neither is done', async () => {
  const { gate, open } = aGate();
  const { group, batches } = watched({ gate, maximum: 1 });
  const first = group.submit({ scope: scopeOf(), command: { to: 'first' } });
  await eventually(() => expect(batches).toHaveLength(1));
  let isGone = false;
  const late = group.submit({ scope: scopeOf(), command: { to: 'late' }, deadline: until(400) });
  const gone = group.submit({ scope: scopeOf(), command: { to: 'gone' }, isGone: () => isGone });
  await expect(late).rejects.toMatchObject({ code: 'SYS_002' });
  isGone = true;
  await expect(gone).rejects.toMatchObject({ code: 'SYS_002' });
  open();
  await first;
  await group.idle();
  expect(await timesOf(['first', 'late', 'gone'])).toEqual([1, 0, 0]);
});

test('while the store is away a batch fails at once, not its items one after the other', async () => {
  const { line, connection } = await kit.line();
  const { group, batches } = watched({ connection });
  line.takeDown();
  const names = named('away', 64);
  const started = performance.now();
  const results = await Promise.allSettled(
    names.map((to) => group.submit({ scope: scopeOf(), command: { to }, deadline: until(9_000) })),
  );
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(performance.now() - started).toBeLessThan(9_000);
  line.restore();
  await eventually(() => group.submit({ scope: scopeOf(), command: { to: 'back' } }));
  expect(batches.at(-1)).toEqual([{ to: 'back' }]);
  expect(await timesOf(names)).toEqual(names.map(() => 0));
});

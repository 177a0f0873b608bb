import fc from 'fast-check';
import type { Envelope } from '@membership/contracts/event';
import { Stretches, type Entry, type Place, type Stretch } from './stretches.ts';

const entry = (position: number): Entry => ({ position, event: { id: String(position) } as Envelope });
const WHOLE: Place = { partition: 0, of: 1, countedTo: 0 };

/** An archive in memory that says how often it was read. */
function archiveOf() {
  const entries: Entry[] = [];
  const known = { reads: 0, isAway: false };
  const stretches = new Stretches(async ({ countedTo }, limit): Promise<Stretch> => {
    known.reads++;
    await Promise.resolve();
    if (known.isAway) throw new Error('away');
    const found = entries.filter(({ position }) => position > countedTo).slice(0, limit);
    return { entries: found, to: found.at(-1)?.position ?? countedTo, isAll: found.length < limit };
  });
  return { entries, known, stretches };
}

describe('stretches of the archive', () => {
  test('those who stand at one place share a read, also while it is under way', async () => {
    const { entries, known, stretches } = archiveOf();
    entries.push(...[1, 2, 3, 4, 5].map(entry));
    const asked = { limit: 3, end: 5 };
    const found = await Promise.all([1, 2, 3].map(() => stretches.next(WHOLE, asked)));
    expect(found.map(({ to, isAll }) => [to, isAll])).toEqual([
      [3, false],
      [3, false],
      [3, false],
    ]);
    // One that is behind gets the rest of what another one read.
    expect((await stretches.next({ ...WHOLE, countedTo: 2 }, asked)).entries).toEqual([entry(3)]);
    expect(known.reads).toBe(1);
    expect((await stretches.next({ ...WHOLE, countedTo: 3 }, asked)).isAll).toBe(true);
    expect((await stretches.next({ ...WHOLE, countedTo: 5 }, asked)).entries).toEqual([]);
    expect(known.reads).toBe(2);
    // Other tenants are another read.
    await stretches.next({ partition: 0, of: 2, countedTo: 0 }, asked);
    expect(known.reads).toBe(3);
  });

  test('what was archived since is read, however lately another one came to the end', async () => {
    const { entries, known, stretches } = archiveOf();
    entries.push(entry(1));
    await stretches.next(WHOLE, { limit: 10, end: 1 });
    entries.push(entry(2));
    const first = await stretches.next(WHOLE, { limit: 10, end: 2 });
    expect([first.to, first.isAll]).toEqual([1, false]);
    expect((await stretches.next({ ...WHOLE, countedTo: 1 }, { limit: 10, end: 2 })).to).toBe(2);
    expect(known.reads).toBe(2);
  });

  test('who falls behind the others gets at once what they have read piece by piece, and reads nothing', async () => {
    const { entries, known, stretches } = archiveOf();
    for (const end of [1, 2, 3]) {
      entries.push(entry(end));
      await stretches.next({ ...WHOLE, countedTo: end - 1 }, { limit: 10, end });
    }
    expect(known.reads).toBe(3);
    const { entries: found, isAll } = await stretches.next(WHOLE, { limit: 10, end: 3 });
    expect([found, isAll]).toEqual([entries, true]);
    expect((await stretches.next(WHOLE, { limit: 2, end: 3 })).entries).toEqual(entries.slice(0, 2));
    expect(known.reads).toBe(3);
  });

  test('a read that failed is nobody’s answer afterwards', async () => {
    const { entries, known, stretches } = archiveOf();
    entries.push(entry(1));
    known.isAway = true;
    const both = [1, 2].map(() => stretches.next(WHOLE, { limit: 10, end: 1 }));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    known.isAway = false;
    expect((await stretches.next(WHOLE, { limit: 10, end: 1 })).entries).toHaveLength(1);
  });

  test('whoever follows at whatever pace gets each event once, in order, while more are archived', async () => {
    const step = fc.record({
      who: fc.nat(3),
      limit: fc.integer({ min: 1, max: 9 }),
      archived: fc.nat(6),
      /** How much of the archive the process knows of when it asks. */
      knows: fc.nat(40),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { entries, stretches } = archiveOf();
        const followers = [0, 1, 2, 3].map(() => ({ countedTo: 0, got: [] as number[] }));
        const follow = async (who: number, limit: number, end: number) => {
          const one = followers[who] as (typeof followers)[number];
          const {
            entries: found,
            to,
            isAll,
          } = await stretches.next({ ...WHOLE, countedTo: one.countedTo }, { limit, end });
          expect(found.length).toBeLessThanOrEqual(limit);
          one.got.push(...found.map(({ position }) => position));
          one.countedTo = to;
          if (isAll) expect(to).toBeGreaterThanOrEqual(Math.min(end, entries.length));
          return isAll;
        };
        for (const { who, limit, archived, knows } of steps) {
          for (let more = 0; more < archived; more++) entries.push(entry(entries.length + 1));
          await follow(who, limit, Math.min(knows, entries.length));
        }
        for (const who of followers.keys()) while (!(await follow(who, 7, entries.length)));
        for (const { got } of followers) expect(got).toEqual(entries.map(({ position }) => position));
      }),
    );
  });
});

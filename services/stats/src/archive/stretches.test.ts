import fc from 'fast-check';
import type { Envelope } from '@membership/contracts/event';
import { Stretches, type Entry, type Place, type Stretch } from './stretches.ts';

const entry = (position: number): Entry => ({
  position,
  event: { id: String(position), tenantid: position % 3 } as Envelope,
});
const WHOLE: Place = { partition: 0, of: 1, countedTo: 0 };

/** An archive in memory that says how often it was read. */
function archiveOf() {
  const entries: Entry[] = [];
  const known = { reads: 0, isAway: false };
  const stretches = new Stretches(async ({ countedTo, partition, of }, limit): Promise<Stretch> => {
    known.reads++;
    const end = Math.max(countedTo, entries.at(-1)?.position ?? 0);
    await Promise.resolve();
    if (known.isAway) throw new Error('away');
    const found = entries
      .filter(({ position, event }) => position > countedTo && event.tenantid % of === partition)
      .slice(0, limit);
    const isAll = found.length < limit;
    return { entries: found, to: isAll ? end : (found.at(-1)?.position as number), isAll };
  });
  /** Archives some, as this process does, or another one. */
  const archive = (many: number, { isOwn }: { readonly isOwn: boolean }) => {
    const after = entries.length;
    const some = Array.from({ length: many }, (_, index) => entry(after + index + 1));
    entries.push(...some);
    if (isOwn && many > 0) stretches.hold(after, some);
  };
  return { entries, known, stretches, archive };
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
  });

  test('of what was read for all tenants a part gets its own; of what was read for a part nobody else gets any', async () => {
    const { known, stretches, archive } = archiveOf();
    archive(6, { isOwn: false });
    const asked = { limit: 10, end: 6 };
    const part = (partition: number) => ({ partition, of: 2, countedTo: 0 });
    expect((await stretches.next(part(1), asked)).entries).toEqual([entry(1), entry(4)]);
    expect((await stretches.next(part(0), asked)).entries).toEqual([entry(2), entry(3), entry(5), entry(6)]);
    expect((await stretches.next(WHOLE, asked)).entries).toHaveLength(6);
    expect(known.reads).toBe(3);
    expect(await stretches.next(part(1), asked)).toEqual({
      ...{ entries: [entry(1), entry(4)], to: 6, isAll: true },
    });
    expect((await stretches.next(part(1), { limit: 1, end: 6 })).to).toBe(1);
    // Nothing of its own in them: it is as far as they reach all the same.
    archive(2, { isOwn: true });
    expect(await stretches.next({ ...part(1), countedTo: 7 }, { limit: 10, end: 8 })).toEqual({
      ...{ entries: [], to: 8, isAll: true },
    });
    expect(known.reads).toBe(3);
  });

  test('what this process has archived is not read', async () => {
    const { entries, known, stretches, archive } = archiveOf();
    for (const many of [2, 3]) archive(many, { isOwn: true });
    expect(await stretches.next(WHOLE, { limit: 10, end: 5 })).toEqual({ entries, to: 5, isAll: true });
    expect((await stretches.next(WHOLE, { limit: 4, end: 5 })).to).toBe(4);
    expect(known.reads).toBe(0);
    // Another process archives between: that has to be read.
    archive(1, { isOwn: false });
    archive(2, { isOwn: true });
    const { to, isAll } = await stretches.next(WHOLE, { limit: 10, end: 8 });
    expect([to, isAll]).toEqual([5, false]);
    expect((await stretches.next({ ...WHOLE, countedTo: 5 }, { limit: 10, end: 8 })).to).toBe(8);
    expect(known.reads).toBe(1);
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

  test('what is kept has a bound, and what one asks for who is far behind is not kept', async () => {
    const { known, stretches, archive } = archiveOf();
    archive(40_000, { isOwn: false });
    const read = (countedTo: number, limit: number) =>
      stretches.next({ ...WHOLE, countedTo }, { limit, end: 40_000 });
    for (let countedTo = 0; countedTo < 20_000; countedTo += 2_000) await read(countedTo, 2_000);
    expect(known.reads).toBe(10);
    await read(4_000, 2_000);
    expect(known.reads).toBe(10);
    await read(0, 2_000);
    expect(known.reads).toBe(11);
    for (const reads of [12, 13]) {
      expect((await read(20_000, 20_000)).to).toBe(40_000);
      expect(known.reads).toBe(reads);
    }
    await read(18_000, 2_000);
    expect(known.reads).toBe(13);
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
      isOwn: fc.boolean(),
      /** How much of the archive the process knows of when it asks. */
      knows: fc.nat(40),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { entries, stretches, archive } = archiveOf();
        /** Two follow all tenants, two a half of them each. */
        const followers = [
          ...[WHOLE, WHOLE],
          ...[0, 1].map((partition) => ({ ...WHOLE, partition, of: 2 })),
        ].map((place) => ({ ...place, got: [] as number[] }));
        const follow = async (who: number, limit: number, end: number) => {
          const one = followers[who] as (typeof followers)[number];
          const { entries: found, to, isAll } = await stretches.next(one, { limit, end });
          expect(found.length).toBeLessThanOrEqual(limit);
          one.got.push(...found.map(({ position }) => position));
          one.countedTo = to;
          if (isAll) expect(to).toBeGreaterThanOrEqual(Math.min(end, entries.length));
          return isAll;
        };
        for (const { who, limit, archived, isOwn, knows } of steps) {
          archive(archived, { isOwn });
          await follow(who, limit, Math.min(knows, entries.length));
        }
        for (const who of followers.keys()) while (!(await follow(who, 7, entries.length)));
        for (const { got, partition, of } of followers)
          expect(got).toEqual(
            entries.filter(({ event }) => event.tenantid % of === partition).map(({ position }) => position),
          );
      }),
    );
  });
});

import { eventually } from '@membership/platform/testing/eventually';
import { RecordCache } from './record-cache.ts';

/** A cache whose reads are answered by hand. */
function cacheOf({ lifetime }: { lifetime: number }) {
  const reads: ((record: string) => void)[] = [];
  const load = () =>
    new Promise<Map<number, string>>((done) => reads.push((record) => done(new Map([[1, record]]))));
  const begun = (count: number) => eventually(() => expect(reads).toHaveLength(count));
  return { cache: new RecordCache<number, string>({ load, lifetime }), reads, begun };
}

/** A cache of even numbers, which never grow old. */
function cacheOfEven(options: { maximum?: number; maximumMissing?: number }) {
  const read: number[] = [];
  const load = async (keys: readonly number[]) => {
    read.push(...keys);
    return new Map(keys.filter((key) => key % 2 === 0).map((key) => [key, `record ${key}`]));
  };
  const lasting = { lifetime: 1e9, renewAfter: 1e9 };
  return { cache: new RecordCache<number, string>({ load, ...lasting, ...options }), read };
}

describe('keys that anybody can make up', () => {
  it('take room from each other alone, however many there are', async () => {
    const { cache, read } = cacheOfEven({ maximumMissing: 10 });
    await cache.get(2);
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => cache.get(2 * index + 3)));
    expect(cache.peek(2)).toBe('record 2');
    expect(read.filter((key) => cache.peek(key) === null)).toHaveLength(10);
  });

  it('drive out the oldest record where they are somebody’s, not all', async () => {
    const { cache } = cacheOfEven({ maximum: 3 });
    for (const key of [2, 4, 6, 8]) await cache.get(key);
    expect([2, 4, 6, 8].map((key) => cache.peek(key))).toEqual([
      undefined,
      'record 4',
      'record 6',
      'record 8',
    ]);
  });

  it('are found once they are somebody’s, and lost when they no longer are', async () => {
    let record: string | undefined;
    const load = async () => new Map(record === undefined ? [] : [[1, record]]);
    const cache = new RecordCache<number, string>({ load, lifetime: 0 });
    expect(await cache.get(1)).toBeNull();
    record = 'acme';
    expect(await cache.get(1)).toBe('acme');
    record = undefined;
    expect(await cache.get(1)).toBeNull();
  });
});

describe('records read a moment ago', () => {
  it('are read once for all who ask meanwhile', async () => {
    const { cache, reads, begun } = cacheOf({ lifetime: 60_000 });
    const asked = [cache.get(1), cache.get(1)];
    await begun(1);
    asked.push(cache.get(1));
    reads[0]?.('acme');
    expect(await Promise.all(asked)).toEqual(['acme', 'acme', 'acme']);
    expect([cache.peek(1), reads.length]).toEqual(['acme', 1]);
  });

  it('are read again for who asks when a slow read has lasted too long to know what was decided since', async () => {
    const { cache, reads, begun } = cacheOf({ lifetime: 0 });
    const early = cache.get(1);
    await begun(1);
    const late = cache.get(1);
    reads[0]?.('as it was');
    expect(await early).toBe('as it was');
    await begun(2);
    reads[1]?.('as it is');
    expect(await late).toBe('as it is');
  });

  it('are renewed together, before anybody has to wait for them', async () => {
    const read: (readonly number[])[] = [];
    const load = async (keys: readonly number[]) => {
      read.push([...keys]);
      return new Map(keys.map((key) => [key, `read ${read.length}`]));
    };
    const cache = new RecordCache<number, string>({ load, lifetime: 60_000, renewAfter: 0, gather: 20 });
    await Promise.all([cache.get(1), cache.get(2), cache.get(3)]);
    expect([1, 2, 3, 1, 2, 3].map((key) => cache.peek(key))).toEqual(Array(6).fill('read 1'));
    await eventually(() => expect(cache.peek(3)).toBe('read 2'));
    expect(read.slice(0, 2)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('are renewed with what somebody waits for, who does not wait for them to gather', async () => {
    const read: (readonly number[])[] = [];
    const load = async (keys: readonly number[]) => {
      read.push([...keys]);
      return new Map(keys.map((key) => [key, 'known']));
    };
    const cache = new RecordCache<number, string>({ load, lifetime: 60_000, renewAfter: 0, gather: 60_000 });
    await cache.get(1);
    expect(cache.peek(1)).toBe('known');
    expect(await cache.get(2)).toBe('known');
    expect(read).toEqual([[1], [1, 2]]);
    // One that gathers is read at once when it is no longer at hand.
    expect(cache.peek(2)).toBe('known');
    cache.forget(2);
    expect(await cache.get(2)).toBe('known');
    expect(read).toEqual([[1], [1, 2], [2]]);
  });

  it('are read after the asking where somebody must know them as they are', async () => {
    const { cache, reads, begun } = cacheOf({ lifetime: 60_000 });
    const first = cache.get(1);
    await begun(1);
    const anew = cache.getAnew(1);
    reads[0]?.('before');
    expect(await first).toBe('before');
    await begun(2);
    reads[1]?.('after');
    expect(await anew).toBe('after');
    expect(cache.peek(1)).toBe('after');
  });
});

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
});

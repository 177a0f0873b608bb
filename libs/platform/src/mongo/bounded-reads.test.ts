import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Those that walk a whole database, for as long as that takes: migrations, also one that a job makes, and what commands and recounts compare. */
const WALKERS = [
  'libs/platform/src/erased-tenants.ts',
  'libs/platform/src/migrate.ts',
  'libs/platform/src/verified-tenant.ts',
  'services/gateway/src/storage/fold-names.ts',
  'services/licenses/src/reports/audit-tallies.ts',
  'services/licenses/src/reports/count-again.ts',
  'services/licenses/src/verify-slots.ts',
  'services/points/src/ledger/move-lots.ts',
  'services/points/src/ledger/verify-ledger.ts',
  'services/points/src/migrations.ts',
  'services/stats/src/archive/archive-repository.ts',
  'services/stats/src/erasures/erase-archived.ts',
  'services/stats/src/hash-chain/verify-chains.ts',
  'services/stats/src/verify-audit.ts',
];
/** Whose reads are bounded where they are made, or that only write. */
const BOUNDED = ['libs/platform/src/mongo.ts', 'libs/platform/src/mongo/bounded-reads.ts'];

test('nothing else reads past the time that the store may take', () => {
  const sources = globSync('{libs/platform,services/*}/src/**/*.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
    .filter((file) => !WALKERS.includes(file) && !BOUNDED.includes(file));
  expect(sources.length).toBeGreaterThan(300);
  const past = sources.flatMap((file) => {
    const text = readFileSync(`${root}${file}`, 'utf8');
    const raw = text.match(
      /\.collection as\b|\.collection(?:<[^;(]*>)?\([^)]*\)\s*\.(?:find|aggregate|count|distinct)\w*/g,
    );
    const kept = text.match(/=>? [\w.]+\.collection(?:<[^;(]*>)?\([^)]*\);/g);
    return [...(raw ?? []), ...(kept ?? [])].map((found) => `${file}: ${found.trim()}`);
  });
  expect(past).toEqual([]);
});

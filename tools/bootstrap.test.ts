// What is installed already is not installed again; what is not, or was changed since, is.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from './stack/folders.ts';

type Packages = Record<string, { version?: string }>;
const INSTALLING = 'installing dependencies';
let folder: string;

/** Runs it in the folder; what it said. */
function run(command: string, ...args: string[]): string {
  const { status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return stderr;
}
const bootstrap = (): string => run(process.execPath, 'tools/bootstrap.mjs');
const write = (path: string, content: unknown): void =>
  writeFileSync(join(folder, path), JSON.stringify(content));

/** A project with a workspace and nothing of any registry, its dependencies installed by hand. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'membership-bootstrap-'));
  for (const file of ['tools/bootstrap.mjs', 'tools/stack/exclusive-lock.mjs'])
    cpSync(join(PROJECT_DIR, file), join(folder, file));
  mkdirSync(join(folder, 'libs/one'), { recursive: true });
  const one = { name: 'one', version: '1.0.0' };
  const all = { name: 'all', version: '1.0.0', workspaces: ['libs/*'] };
  const link = { resolved: 'libs/one', link: true };
  write('package.json', all);
  write('libs/one/package.json', one);
  write('package-lock.json', {
    ...{ name: 'all', version: '1.0.0', lockfileVersion: 3, requires: true },
    packages: { '': all, 'libs/one': { version: '1.0.0' }, 'node_modules/one': link },
  });
  run('npm', 'ci', '--offline', '--no-audit', '--no-fund');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('what `npm ci` has installed is taken as it is', () => {
  expect(bootstrap()).not.toContain(INSTALLING);
  expect(bootstrap()).toBe('');
});

const noteAnew = (change: (packages: Packages) => void): void => {
  const path = 'node_modules/.package-lock.json';
  const note = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { packages: Packages };
  change(note.packages);
  write(path, note);
};
test.each<[string, () => void]>([
  [
    'notes another version',
    () => noteAnew((packages) => Object.assign(packages, { 'libs/one': { version: '0.9.0' } })),
  ],
  ['notes not all', () => noteAnew((packages) => delete packages['node_modules/one'])],
  [
    'noted it before a change',
    () => {
      const later = Date.now() / 1_000 + 60;
      utimesSync(join(folder, 'libs/one/package.json'), later, later);
    },
  ],
])('it is installed where npm %s', (_, change) => {
  rmSync(join(folder, 'node_modules/.bootstrap-stamp'), { force: true });
  change();
  expect(bootstrap()).toContain(INSTALLING);
  expect(bootstrap()).toBe('');
});

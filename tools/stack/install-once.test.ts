import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce } from './install-once.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'install-once-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** How often a folder was filled by those who want it. */
function installer(folder: string) {
  let filled = 0;
  const install = () =>
    installOnce(
      folder,
      () => undefined,
      async () => {
        filled++;
        mkdirSync(folder);
        await new Promise(setImmediate);
        writeFileSync(join(folder, 'program'), folder);
      },
    );
  return { install, filled: () => filled };
}

test('of many who want it at once one installs it, and each finds it whole', async () => {
  const folder = join(place, 'tool-1.0');
  const { install, filled } = installer(folder);
  await Promise.all(
    [1, 2, 3].map(async () => {
      await install();
      expect(existsSync(join(folder, 'program'))).toBe(true);
    }),
  );
  await install();
  expect(filled()).toBe(1);
});

test('what was broken off, or copied to another place, is installed anew', async () => {
  const [folder, copy] = [join(place, 'tool-1.0'), join(place, 'copy-1.0')];
  const broken = () =>
    installOnce(
      folder,
      () => undefined,
      async () => {
        mkdirSync(folder);
        throw new Error('no network');
      },
    );
  await expect(broken()).rejects.toThrow('no network');
  const first = installer(folder);
  await first.install();
  cpSync(folder, copy, { recursive: true });
  const second = installer(copy);
  await second.install();
  await second.install();
  expect([first.filled(), second.filled()]).toEqual([1, 1]);
});

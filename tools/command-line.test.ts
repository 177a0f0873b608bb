import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const commands = globSync('*.ts', { cwd: import.meta.dirname, exclude: ['*.test.ts'] });

test('every command tells a mistyped option by this module, or lets its own module read and throw', () => {
  const others = commands.filter((file) =>
    /parseArgs.*from 'node:util'/.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
  );
  // One that vendors copy needs nothing beside it.
  expect(others.sort()).toEqual(['command-line.ts', 'verify-license.ts']);
});

test.each([
  ['stop.ts', '--nonsense', /^Unknown option '--nonsense'\n$/],
  ['start.ts', '--nonsense', /^Unknown option '--nonsense'; npm start -- --help lists what there is\n$/],
  ['test.ts', '--nonsense', /^● Unrecognized CLI Parameter:\s+Unrecognized option "nonsense"/],
  ['verify-license.ts', '--nonsense', /^Unknown option '--nonsense'\n$/],
  ['check.ts', 'nonsense', /^There is no step nonsense\.\n/],
])('%s %s: ends with 2 and a sentence', (file, argument, sentence) => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, file), argument], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)]);
});

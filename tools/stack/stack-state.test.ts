import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackSecrets } from './stack-state.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-'));
  file = join(folder, 'secrets.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('secrets are made once, for their owner alone; one that is new is added to those that are there', () => {
  const first = stackSecrets(folder, ['A', 'B']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(stackSecrets(folder, ['A', 'B', 'C'])).toMatchObject(first);
  expect(new Set(Object.values(stackSecrets(folder, ['A', 'B', 'C']))).size).toBe(3);
});

test.each(['{"A":"kept",}', '', '[]', 'null', '"text"'])('a damaged file is left as it is: %j', (text) => {
  writeFileSync(file, text);
  expect(() => stackSecrets(folder, ['A'])).toThrow(/secrets\.json has the secrets .* mend it/);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

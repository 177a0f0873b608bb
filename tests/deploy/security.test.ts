/** docs/security.md says by which test each thing is protected: those tests are there, under these names. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { read } from './manifests.ts';

const files = globSync('{libs,services,tests,tools}/**/*.{test,drill}.ts', {
  cwd: join(import.meta.dirname, '../..'),
  exclude: ['**/node_modules/**'],
}).map((file) => file.replaceAll('\\', '/'));
const withoutEnding = (file: string) => file.replace(/(\.test|\.drill)?(\.ts)?$/, '');
/** The last cell of every row that names a test. */
const proofs = [...read('docs/security.md').matchAll(/\|([^|\n]*)\|$/gm)]
  .map(([, cell = '']) => cell.trim())
  .filter((cell) => /[`"]/.test(cell));
const named = proofs.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file));
const quoted = proofs.flatMap((cell) => [...cell.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name));

test('each test that it names is there', () => {
  expect(named.length).toBeGreaterThan(50);
  const known = files.map((file) => `/${withoutEnding(file)}`);
  expect(named.filter((file) => !known.some((one) => one.endsWith(`/${withoutEnding(file)}`)))).toEqual([]);
});

test('each that it quotes is the name of one', () => {
  expect(quoted.length).toBeGreaterThan(8);
  const texts = files.map(read).join('\n');
  const names = [...texts.matchAll(/\b(?:test|describe)(?:\.each\([^]*?\))?\(\s*(['"`])(.*?)\1/g)]
    .map(([, , name]) => name)
    .join('\n');
  expect(quoted.filter((name) => !names.includes(name))).toEqual([]);
});

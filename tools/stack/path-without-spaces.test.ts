import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathWithoutSpaces } from './path-without-spaces.ts';

let links: string;
beforeEach(() => {
  links = realpathSync(mkdtempSync(join(tmpdir(), 'links-')));
});
afterEach(() => rmSync(links, { recursive: true, force: true }));

test('a path without spaces is its own', () => {
  expect(pathWithoutSpaces('/srv/membership', { links })).toBe('/srv/membership');
});

test('a folder with a space in its path is reached by a link, the same one each time', () => {
  const folder = join(links, 'my projects', 'membership');
  mkdirSync(folder, { recursive: true });
  const path = pathWithoutSpaces(folder, { links });
  expect(path).not.toMatch(/\s/);
  writeFileSync(join(path, 'file'), 'text');
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('text');
  expect(pathWithoutSpaces(folder, { links })).toBe(path);
});

test('a link that somebody else has made is not followed', () => {
  const folder = join(links, 'my projects');
  const path = pathWithoutSpaces(folder, { links });
  rmSync(path);
  mkdirSync(path);
  expect(() => pathWithoutSpaces(folder, { links })).toThrow('Move the project to a path without spaces');
});

import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveOutOlder, putInFront } from './secret-file.ts';

const [before, after] = ['b'.repeat(64), 'a'.repeat(64)];
const aFile = () => {
  const file = join(mkdtempSync(join(tmpdir(), 'secret-file-')), 'key');
  writeFileSync(file, `${before}\n`);
  chmodSync(file, 0o444);
  return file;
};

test('a new value stands before the one that was there, in the same file, as readable as it was', () => {
  const file = aFile();
  const { ino } = statSync(file);
  putInFront(file, after);
  expect(readFileSync(file, 'utf8')).toBe(`${after}\n${before}\n`);
  expect([statSync(file).ino, statSync(file).mode & 0o777]).toEqual([ino, 0o444]);
  expect(() => putInFront(file, 'c'.repeat(64))).toThrow('a rotation is under way');
  expect([leaveOutOlder(file), leaveOutOlder(file)]).toEqual([1, 0]);
  expect(readFileSync(file, 'utf8')).toBe(`${after}\n`);
  expect(() => putInFront(`${file}-of-nobody`, after)).toThrow('--dir');
});

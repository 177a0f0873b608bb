import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { extractEntry } from './zip-archive.ts';

/** A zip archive of deflated entries, with an extra field in each local header as wheels have. */
function aZip(entries: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const data = deflateRawSync(Buffer.from(text));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), data]);
    parts.push(whole);
    directory.push(central, Buffer.from(name));
    offset += whole.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

describe('taking a file out of a zip archive', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zip-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const extract = (archive: Buffer, wanted: string): Promise<void> => {
    writeFileSync(join(folder, 'a.zip'), archive);
    return extractEntry(join(folder, 'a.zip'), {
      wanted: (name) => name.endsWith(wanted),
      target: join(folder, 'out'),
      mode: 0o755,
    });
  };

  test('writes the wanted entry, executable', async () => {
    await extract(
      aZip({ 'x/bin/other': 'other', 'x/bin/mongod': 'the program'.repeat(1000) }),
      '/bin/mongod',
    );
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('the program'.repeat(1000));
    expect(statSync(join(folder, 'out')).mode & 0o111).not.toBe(0);
  });

  test('says so when there is no such entry, or no archive', async () => {
    await expect(extract(aZip({ a: 'b' }), '/bin/mongod')).rejects.toThrow('does not hold the file');
    await expect(extract(Buffer.from('not a zip'), 'x')).rejects.toThrow('not a zip archive');
  });
});

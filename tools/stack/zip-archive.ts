// Takes one file out of a zip archive (a Python wheel is one), without needing unzip or Python.
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

type Entry = { name: string; method: number; compressedSize: number; headerOffset: number };

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LONGEST_END = 22 + 65_535;
const LOCAL_HEADER = 30;
const STORED = 0;
const DEFLATED = 8;

/** Writes the first entry that `wanted` accepts to `target`; throws when there is none. */
export async function extractEntry(
  archive: string,
  { wanted, target, mode }: { wanted: (name: string) => boolean; target: string; mode: number },
): Promise<void> {
  const file = await open(archive, 'r');
  let entry: Entry | undefined;
  let start: number;
  try {
    entry = (await listEntries(file)).find(({ name }) => wanted(name));
    if (!entry) throw new Error(`${archive} does not hold the file that was looked for`);
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw new Error(`${archive}: ${entry.name} is compressed by an unknown method (${entry.method})`);
    }
    const header = await read(file, { position: entry.headerOffset, length: LOCAL_HEADER });
    start = entry.headerOffset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
  const source = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
  const sink = createWriteStream(target, { mode });
  await (entry.method === STORED ? pipeline(source, sink) : pipeline(source, createInflateRaw(), sink));
}

async function listEntries(file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  const length = Math.min(size, LONGEST_END);
  const tail = await read(file, { position: size - length, length });
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at -= 1;
  if (at < 0) throw new Error('not a zip archive, or a damaged one');
  const directory = await read(file, {
    position: tail.readUInt32LE(at + 16),
    length: tail.readUInt32LE(at + 12),
  });
  const entries: Entry[] = [];
  for (let offset = 0; offset + 46 <= directory.length; ) {
    if (directory.readUInt32LE(offset) !== CENTRAL_SIGNATURE) throw new Error('damaged zip directory');
    const nameLength = directory.readUInt16LE(offset + 28);
    entries.push({
      name: directory.toString('utf8', offset + 46, offset + 46 + nameLength),
      method: directory.readUInt16LE(offset + 10),
      compressedSize: directory.readUInt32LE(offset + 20),
      headerOffset: directory.readUInt32LE(offset + 42),
    });
    offset += 46 + nameLength + directory.readUInt16LE(offset + 30) + directory.readUInt16LE(offset + 32);
  }
  return entries;
}

async function read(
  file: FileHandle,
  { position, length }: { position: number; length: number },
): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await file.read(buffer, 0, length, position);
  return buffer;
}

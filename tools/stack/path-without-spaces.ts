// For programs whose start scripts break at a space in a path, wherever this project was checked out.
import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';

/**
 * The folder by a path without spaces: its own, or that of a link in the system's folder for temporary files. The link's name
 * follows from the folder and its user, so that it is found again, and made again where it has been swept away.
 * Throws when something else has that name.
 */
export function pathWithoutSpaces(folder: string, { links = tmpdir() }: { links?: string } = {}): string {
  if (!/\s/.test(folder)) return folder;
  const user = getuid?.() ?? 'user';
  const link = join(
    links,
    `membership-${user}-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
  );
  try {
    symlinkSync(folder, link, 'junction');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isOurs(link, folder))
      throw new Error(
        `RabbitMQ cannot start from a path with a space ("${folder}"), and the link to it (${link}) cannot be made: ${(error as Error).message}. Move the project to a path without spaces.`,
      );
  }
  return link;
}

function isOurs(link: string, folder: string): boolean {
  const found = lstatSync(link);
  return found.isSymbolicLink() && readlinkSync(link) === folder && (getuid?.() ?? found.uid) === found.uid;
}

// Chinese letters for pictures of pages: the machine's own, else Debian's package unpacked into the project (no root needed).
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';
import { downloadOnce } from './download-once.ts';
import { findProgram, runProgram } from './run-program.ts';
import type { Log } from './store.ts';

const PACKAGE = 'fonts-wqy-microhei';
const FAMILY = 'WenQuanYi Micro Hei';
const QUERY_MS = 10_000;

/** What a browser is started with so that it draws Chinese. Throws a PassedOver where such letters cannot be had. */
export async function chineseFonts({ log }: { log: Log }): Promise<Readonly<Record<string, string>>> {
  const list = findProgram('fc-list');
  if (list) {
    const { stdout } = await runProgram(list, [':lang=zh-cn', 'family'], { timeoutMs: QUERY_MS });
    if (stdout.trim()) return {};
  }
  const folder = await downloadOnce({
    name: PACKAGE,
    log,
    fill: ({ folder }) => unpackDebianPackages({ folder, log, select: () => Promise.resolve([PACKAGE]) }),
  });
  const settings = join(folder, 'fonts.conf');
  if (!existsSync(settings))
    writeFileSync(
      settings,
      `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'usr/share/fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
  <match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>${FAMILY}</string></edit></match>
</fontconfig>
`,
    );
  return { FONTCONFIG_FILE: settings };
}

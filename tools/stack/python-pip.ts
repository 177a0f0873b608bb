// A pip to download a wheel with: the machine's own, or Debian's, unpacked inside the project.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import { unpackDebianPackages } from './debian-packages.ts';
import { downloadOnce } from './download-once.ts';
import { LOCAL_DIR } from './folders.ts';
import { runProgram } from './run-program.ts';
import { isLibrary, libraryPath } from './shared-libraries.ts';
import { PassedOver, type Log } from './store.ts';

export type Pip = { command: string; args: readonly string[]; env: NodeJS.ProcessEnv; origin: string };

const ASK_MS = 20_000;

const CANDIDATES: readonly { command: string; args: readonly string[] }[] = [
  { command: 'python3', args: ['-m', 'pip'] },
  { command: 'pip3', args: [] },
  { command: 'pip', args: [] },
];

/** The first pip that answers; else one from Debian's packages, without root. */
export async function findPip({ log }: { log: Log }): Promise<Pip> {
  for (const { command, args } of CANDIDATES) {
    const answer = await runProgram(command, [...args, '--version'], { timeoutMs: ASK_MS });
    if (answer.ok) return { command, args, env: certificates(), origin: [command, ...args].join(' ') };
  }
  log('pip is not on this machine; fetching it as Debian packages');
  const root = await downloadOnce({
    name: 'python-pip-debian',
    log,
    fill: ({ folder }) =>
      unpackDebianPackages({
        folder,
        log,
        select: async (lists) =>
          (await lists.closureOf(['python3-pip'])).filter(
            (name) => name.startsWith('python3') || name === 'python-pip-whl' || isLibrary(name),
          ),
      }),
  });
  const bin = join(root, 'usr/bin');
  const python = readdirSync(bin).find((name) => /^python3\.\d+$/.test(name));
  if (!python) throw new PassedOver('Debian’s python3-pip brought no Python');
  const env = {
    PYTHONHOME: join(root, 'usr'),
    PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
    PYTHONDONTWRITEBYTECODE: '1',
    LD_LIBRARY_PATH: libraryPath(root),
    ...certificates(),
  };
  return { command: join(bin, python), args: ['-m', 'pip'], env, origin: 'Debian’s python3-pip' };
}

// Debian's pip trusts the system's certificates, which a slim image may not have; Node brings its own.
function certificates(): NodeJS.ProcessEnv {
  const configured =
    process.env['PIP_CERT'] || process.env['SSL_CERT_FILE'] || process.env['REQUESTS_CA_BUNDLE'];
  if (configured || process.platform !== 'linux' || existsSync('/etc/ssl/certs/ca-certificates.crt'))
    return {};
  const file = join(LOCAL_DIR, 'downloads', 'ca-certificates.pem');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${tls.getCACertificates('default').join('\n')}\n`);
  return { PIP_CERT: file };
}

// A platform for one run of the fuzzer: its own folder, ports and databases, thrown away afterwards.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDemoData } from '../demo-data.ts';
import { startInfrastructure } from '../stack/infrastructure.ts';
import { startServices } from '../stack/services.ts';

export type OwnPlatform = { readonly url: string; readonly logDir: string; stop(): Promise<void> };
/** A fuzzer asks more often than people may. */
const UNHURRIED = {
  RATE_LIMIT_MEMBER: '1000000',
  RATE_LIMIT_ADMIN: '1000000',
  RATE_LIMIT_ADDRESS: '1000000',
};

export async function startOwnPlatform(password: string, say: (line: string) => void): Promise<OwnPlatform> {
  const stackDir = mkdtempSync(join(tmpdir(), 'membership-fuzz-'));
  const infrastructure = await startInfrastructure({ log: say, inMemory: true, environment: process.env });
  let services: Awaited<ReturnType<typeof startServices>> | undefined;
  const stop = async () => {
    await services?.stop();
    await infrastructure.stop();
    rmSync(stackDir, { recursive: true, force: true });
  };
  try {
    services = await startServices({
      infrastructure,
      stackDir,
      isolation: `fuzz${randomBytes(4).toString('hex')}`,
      superPassword: password,
      logLevel: 'warn',
      environment: { gateway: UNHURRIED },
    });
    await services.ready();
    await loadDemoData({
      gatewayUrl: services.url,
      superPassword: password,
      demoPassword: password,
      log: () => undefined,
    });
    return { url: services.url, logDir: join(stackDir, 'logs'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

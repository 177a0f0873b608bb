// M1: resident memory of each service at rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '../../stack/service-environment.ts';
import type { Bench, Measurement } from '../bench.ts';
import { residentMegabytes } from '../processes.ts';
import type { Measurements } from '../report.ts';

const REST_MS = 5_000;

async function measure({ product }: Bench): Promise<Measurements> {
  // The first start after a change of the code translates it, which costs memory once; images are built with that done.
  for (const name of SERVICES) await product.services.restart(name);
  await sleep(REST_MS);
  const sizes = Object.entries(product.services.pids()).map(([name, pid]) => ({
    name,
    size: residentMegabytes(pid),
  }));
  if (sizes.some(({ size }) => size === null))
    return { M1: { reason: 'this system does not tell the memory of a process' } };
  const note = `${sizes.map(({ name, size }) => `${name} ${Math.round(size as number)} MB`).join(', ')}; flatness over 30 minutes of load is not measured yet`;
  return { M1: { values: [Math.max(...sizes.map(({ size }) => size as number))], note } };
}

export const memoryMeasurement: Measurement = { rows: ['M1'], measure };

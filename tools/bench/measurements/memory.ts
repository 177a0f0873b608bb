// M1, I1: resident memory of each service at rest, and the CPU time of the whole platform.
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '../../stack/service-environment.ts';
import type { Bench, Measurement } from '../bench.ts';
import { residentMegabytes, watchCpu } from '../processes.ts';
import type { Measurements } from '../report.ts';

const REST_MS = 5_000;
const IDLE_MS = 20_000;

async function measure(bench: Bench): Promise<Measurements> {
  const { product } = bench;
  // The first start after a change of the code translates it, which costs memory once; images are built with that done.
  for (const name of SERVICES) await product.services.restart(name);
  await sleep(REST_MS);
  return { ...(await idleCost(bench)), ...largest(bench) };
}

/** Of one core, by the services and their stores, while nobody asks for anything. */
async function idleCost({ product, infrastructure, log }: Bench): Promise<Measurements> {
  const [mongod] = infrastructure.mongodb.pids();
  const [rabbitmq] = infrastructure.rabbitmq.pids();
  const spent = watchCpu({
    ...product.services.pids(),
    ...(mongod ? { mongod } : {}),
    ...(rabbitmq ? { rabbitmq } : {}),
  });
  log('nobody asks for anything');
  await sleep(IDLE_MS);
  const percent = Object.entries(spent()).map(([name, micros]) => ({ name, of: micros / IDLE_MS / 10 }));
  if (percent.length === 0) return { I1: { reason: 'this system does not tell the CPU time of a process' } };
  const note = percent.map(({ name, of }) => `${name} ${of.toFixed(1)} %`).join(', ');
  return { I1: { values: [percent.reduce((sum, { of }) => sum + of, 0)], note } };
}

function largest({ product }: Bench): Measurements {
  const sizes = Object.entries(product.services.pids()).map(([name, pid]) => ({
    name,
    size: residentMegabytes(pid),
  }));
  if (sizes.some(({ size }) => size === null))
    return { M1: { reason: 'this system does not tell the memory of a process' } };
  const note = `${sizes.map(({ name, size }) => `${name} ${Math.round(size as number)} MB`).join(', ')}; flatness over 30 minutes of load is not measured yet`;
  return { M1: { values: [Math.max(...sizes.map(({ size }) => size as number))], note } };
}

export const memoryMeasurement: Measurement = { rows: ['M1', 'I1'], measure };

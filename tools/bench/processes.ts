// What running processes cost: CPU time and resident memory, read from /proc (nothing where there is none).
import { readFileSync } from 'node:fs';

const TICK_MICROSECONDS = 10_000;

/** CPU time of a process so far in microseconds, its threads' included; null where it cannot be known. */
function cpuMicroseconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
  } catch {
    return null;
  }
}

/** Starts a stop-watch of CPU time; call the answer for the microseconds spent since, by name. */
export function watchCpu(pids: Readonly<Record<string, number>>): () => Record<string, number> {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, from: cpuMicroseconds(pid) }));
  return () => {
    const spent: Record<string, number> = {};
    for (const { name, pid, from } of before) {
      const now = cpuMicroseconds(pid);
      if (from !== null && now !== null && now > from) spent[name] = now - from;
    }
    return spent;
  };
}

/** Resident megabytes of a process; null where it cannot be known. */
export function residentMegabytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) / 1024 : null;
  } catch {
    return null;
  }
}

/** CPU microseconds that the whole machine worked so far, and that it had; what its host took away counts as work. */
function machineMicroseconds(): { busy: number; all: number } | null {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] as string;
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, stolen = 0] = line
      .split(/\s+/)
      .slice(1)
      .map((ticks) => Number(ticks) * TICK_MICROSECONDS);
    const busy = user + nice + system + irq + softirq + stolen;
    return { busy, all: busy + idle + wait };
  } catch {
    return null;
  }
}

/** Starts watching the machine; the answer takes what our own processes spent and says which part of it went to others. */
export function watchMachine(): (ownMicroseconds: number) => number | null {
  const before = machineMicroseconds();
  return (own) => {
    const now = machineMicroseconds();
    if (!before || !now || now.all <= before.all) return null;
    return Math.max(0, (now.busy - before.busy - own) / (now.all - before.all));
  };
}

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

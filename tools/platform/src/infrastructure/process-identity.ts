import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A process that can be recognised later. A pid alone is not enough: the system gives it to another
 * process after this one has gone, and a signal would then end somebody else's work.
 */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever unit the system tells; only compared. */
  startedAt: string;
}

/** The identity of a living process, or undefined when there is none with that pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    if (existsSync('/proc/self/stat')) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in parentheses and may hold spaces: count from its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return undefined;
      return { pid, startedAt: fields[19] ?? '' };
    }
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return startedAt === '' ? undefined : { pid, startedAt };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

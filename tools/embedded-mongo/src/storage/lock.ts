/** A lock file against a second process on the same data: the holder's process id and when that process started. */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a process started, in the kernel's ticks: tells a process apart from a later one with the same number. */
function startOf(pid: number): string {
  try {
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? ''
    );
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const held = new Set<string>();

/**
 * Takes the lock of a data folder.
 * @returns what releases it
 * @throws Error when a living process holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const own = `${path}.${process.pid}`;
  if (held.has(path)) throw new Error(`${folder} is in use by this process`);
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}\n`);
  try {
    for (;;) {
      try {
        linkSync(own, path);
        held.add(path);
        return () => {
          held.delete(path);
          unlinkSync(path);
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        removeStale(folder, path);
      }
    }
  } finally {
    unlinkSync(own);
  }
}

function removeStale(folder: string, path: string): void {
  const holder = read(path);
  if (holder === undefined) return;
  const [pid, started] = holder.trim().split(' ');
  if (Number(pid) !== process.pid && isAlive(Number(pid)) && startOf(Number(pid)) === (started ?? ''))
    throw new Error(`${folder} is in use by process ${pid}`);
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster; look again
  }
  if (read(aside) === holder) unlinkSync(aside);
  else renameSync(aside, path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one import, by whose process. The caller removes it when it is done. */
export const newWorkspace = (under = tmpdir()): Promise<string> => mkdtemp(join(under, `import-${process.pid}-`));

/** Removes the folders of processes that were killed before they could do so. */
export async function dropAbandonedWorkspaces(under = tmpdir()): Promise<void> {
  for (const name of await readdir(under)) {
    const pid = /^import-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) await rm(join(under, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // a process of somebody else runs, too
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** An account of this machine. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** The account with this name, or undefined (also where there is no /etc/passwd to look in). */
export function systemUser(name: string): SystemUser | undefined {
  let accounts: string;
  try {
    accounts = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return undefined;
  }
  const fields = accounts
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name);
  return fields && { name, uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Whether we may start programs under another account. */
export const runsAsRoot = (): boolean => process.getuid?.() === 0;

/**
 * Whether this account can get into the folder, a subfolder of `dataDir`. Where the data folder itself is what keeps it
 * out, the folder lets others pass through from now on, though not look around; a private home above it stays closed.
 */
export function canEnter(user: SystemUser, folder: string, dataDir: string): boolean {
  const enters = () =>
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
  if (enters()) return true;
  const { mode } = statSync(dataDir);
  chmodSync(dataDir, (mode & 0o777) | 0o011);
  if (enters()) return true;
  chmodSync(dataDir, mode & 0o777);
  return false;
}

/** Gives a folder and everything in it to the account. Links are given, never followed. */
export function giveTo(user: SystemUser, folder: string): void {
  chownSync(folder, user.uid, user.gid);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const entry = lstatSync(path);
    if (entry.isDirectory()) giveTo(user, path);
    else if (!entry.isSymbolicLink()) chownSync(path, user.uid, user.gid);
  }
}

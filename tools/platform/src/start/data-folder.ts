import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../infrastructure/process-identity.js';
import { messageOf, Problem } from '../problem.js';

const MARKER = 'throughline-data';
const LOCK = 'platform.lock';

/**
 * Takes a folder for one platform: makes it where it is missing, and refuses one that holds somebody else's files or
 * that another platform is using. With `fresh` its content is deleted first, which is refused for any folder
 * that does not carry our mark, so that a mistyped `--data` deletes nothing.
 * @returns a function that gives the folder back.
 */
export function takeDataFolder(dataDir: string, fresh: boolean): () => void {
  checkOurs(dataDir);
  const lock = join(dataDir, LOCK);
  const holder = readLock(lock);
  if (holder && isAlive(holder)) {
    throw new Problem(
      `A platform is already running on ${dataDir} (pid ${holder.pid}). Stop it (kill ${holder.pid}), or name another folder with --data.`,
    );
  }
  try {
    // What programs of a crashed run left in `run` (their pids) is needed to end them, so it outlives the rest.
    if (fresh && existsSync(dataDir)) {
      for (const name of readdirSync(dataDir)) {
        if (name !== MARKER && name !== 'run') rmSync(join(dataDir, name), { recursive: true, force: true });
      }
    }
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, MARKER), 'This folder belongs to Throughline: npm start -- --fresh may empty it.\n');
    writeFileSync(lock, JSON.stringify(identify(process.pid)));
  } catch (thrown) {
    throw new Problem(`${dataDir} cannot be used: ${messageOf(thrown)}. Name another folder with --data.`);
  }
  return () => rmSync(lock, { force: true });
}

function checkOurs(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  if (!statSync(dataDir).isDirectory()) throw new Problem(`${dataDir} is a file. Name a folder with --data.`);
  if (existsSync(join(dataDir, MARKER)) || readdirSync(dataDir).length === 0) return;
  throw new Problem(`${dataDir} holds files that are not Throughline's. Name an empty or a new folder with --data.`);
}

function readLock(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

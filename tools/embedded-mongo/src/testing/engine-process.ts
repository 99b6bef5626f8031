/** The engine as a process of its own, for tests that kill it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = join(import.meta.dirname, '..', '..');
const COMPILER = join(PROJECT, '..', '..', 'node_modules', '@typescript', 'native', 'bin', 'tsc');

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'embedded-mongo-'));

/** Compiles what `dist/main.js` needs. */
export function build(): void {
  const { status, stdout } = spawnSync(process.execPath, [COMPILER, '-b', PROJECT], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
}

export interface EngineProcess {
  readonly uri: string;
  readonly child: ChildProcess;
  /** What it wrote to standard error so far. */
  log(): string;
  /** Sends a signal and waits for the end. Answers the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the engine. @throws Error with its messages when it ends instead of getting ready */
export async function startProcess(data: string, ...options: string[]): Promise<EngineProcess> {
  const child = spawn(process.execPath, [join(PROJECT, 'dist', 'main.js'), '--port', '0', '--data', data, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'close');
  const ready = once(createInterface(child.stdout!), 'line').then(([line]) => line as string);
  const uri = await Promise.race([ready, ended.then(() => undefined)]);
  if (uri === undefined) throw new Error(log);
  return {
    uri,
    child,
    log: () => log,
    async end(signal) {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

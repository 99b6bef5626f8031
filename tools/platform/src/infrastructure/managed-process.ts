import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, Problem } from '../problem.js';
import { until } from './deadline.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import type { SystemUser } from './system-user.js';

export interface ProcessDefinition {
  /** Name on screen, of the log file and of the pid file. */
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Folder of the log and pid files: `<runDir>/<name>.log`, `<runDir>/<name>.pid`. */
  runDir: string;
  cwd?: string;
  /** Another account to run under; only root can ask for it. */
  user?: SystemUser;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A program that we start and end by its pid. It leads a process group of its own, so that Ctrl-C in
 * the terminal reaches us alone and everything is drained in order, and so that a kill takes its children too.
 */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  private readonly pidFile: string;
  private child: ChildProcess | undefined;
  private exit: Promise<Exit> = Promise.resolve({ code: null, signal: null });

  constructor(private readonly definition: ProcessDefinition) {
    this.name = definition.name;
    this.logFile = join(definition.runDir, `${definition.name}.log`);
    this.pidFile = join(definition.runDir, `${definition.name}.pid`);
  }

  /**
   * Starts the program; resolves when the system has started it, which does not mean that it is ready.
   * @param moreEnv added to its environment for this start alone
   */
  async start(moreEnv: Record<string, string> = {}): Promise<void> {
    if (this.running) throw new Problem(`${this.name} is already running (pid ${this.pid}).`);
    mkdirSync(dirname(this.logFile), { recursive: true });
    await endLeftover(this.pidFile, this.name);
    const log = openSync(this.logFile, 'a');
    const { command, args, env, cwd, user } = this.definition;
    try {
      const child = spawn(command, args, {
        env: { ...env, ...moreEnv },
        cwd,
        detached: true,
        stdio: ['ignore', log, log],
        ...(user && { uid: user.uid, gid: user.gid }),
      });
      this.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
      await once(child, 'spawn');
      this.child = child;
      void this.exit.then(() => rmSync(this.pidFile, { force: true }));
      const identity = identify(child.pid!);
      if (identity) writeFileSync(this.pidFile, JSON.stringify(identity));
    } catch (thrown) {
      throw new Problem(`${this.name} could not be started with ${command}: ${messageOf(thrown)}`);
    } finally {
      closeSync(log);
    }
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the program has ended, however that came. */
  get exited(): Promise<Exit> {
    return this.exit;
  }

  /** Resolves when the program has ended, with how it came, for a message. */
  readonly ended = async (): Promise<string> => {
    const { code, signal } = await this.exit;
    return signal ? `by ${signal}` : `with exit code ${code}`;
  };

  /**
   * Asks the program to finish its work and end (SIGTERM), and kills it after `graceMs`.
   * @returns whether it ended by itself, that is, drained.
   */
  async stop(graceMs = 30_000): Promise<boolean> {
    if (!this.running) return true;
    this.signal('SIGCONT');
    this.child?.kill('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const { signal } = await this.exit;
    clearTimeout(timer);
    return signal !== 'SIGKILL';
  }

  /** Ends the program and its children at once, as a crash would (SIGKILL). */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGKILL');
    await this.exit;
  }

  /** Freezes the program (SIGSTOP): its connections stay open and nothing answers. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  /** Lets a frozen program go on (SIGCONT). */
  resume(): void {
    this.signal('SIGCONT');
  }

  /** The last lines that the program wrote, for a message about its failure. */
  lastWords(lines = 5): string {
    if (!existsSync(this.logFile)) return '';
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** For `until`: why waiting for this program is pointless, once it has ended. */
  readonly whyNot = (): string | undefined =>
    this.running ? undefined : `${this.name} ended. Its last words (${this.logFile}):\n${this.lastWords()}`;

  private signal(name: NodeJS.Signals): void {
    if (!this.running) return;
    try {
      process.kill(-this.child!.pid!, name);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  }
}

/**
 * Ends a program that an earlier run left behind because that run was killed itself.
 * Only the very process that was recorded is ended: its pid with its time of start.
 * @returns a sentence about what was ended, or undefined.
 */
export async function endLeftover(pidFile: string, name: string): Promise<string | undefined> {
  if (!existsSync(pidFile)) return undefined;
  let leftover: ProcessIdentity | undefined;
  try {
    leftover = JSON.parse(readFileSync(pidFile, 'utf8')) as ProcessIdentity;
  } catch {
    // A pid file cut short by the crash names nobody.
  }
  if (leftover && isAlive(leftover)) {
    const identity = leftover;
    process.kill(-identity.pid, 'SIGCONT');
    process.kill(identity.pid, 'SIGTERM');
    const gone = async () => {
      if (isAlive(identity)) throw new Problem('it still runs');
    };
    await until(gone, { withinMs: 20_000, what: `${name} of an earlier run ends` }).catch(async () => {
      process.kill(-identity.pid, 'SIGKILL');
      await until(gone, { withinMs: 5_000, what: `${name} of an earlier run (pid ${identity.pid}) can be killed` });
    });
    rmSync(pidFile, { force: true });
    return `${name} of an earlier run (pid ${identity.pid}) was still running; ended it`;
  }
  rmSync(pidFile, { force: true });
  return undefined;
}

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './deadline.js';
import { endLeftover, ManagedProcess } from './managed-process.js';
import { identify, isAlive } from './process-identity.js';

const runDir = mkdtempSync(join(tmpdir(), 'throughline-process-'));
let count = 0;
const started: ManagedProcess[] = [];

async function run(script: string, env: NodeJS.ProcessEnv = {}): Promise<ManagedProcess> {
  const definition = { name: `p${count++}`, command: process.execPath, args: ['-e', script], env, runDir };
  const program = new ManagedProcess(definition);
  started.push(program);
  await program.start();
  return program;
}

const says = (program: ManagedProcess, text: string) =>
  until(async () => expect(readFileSync(program.logFile, 'utf8')).toContain(text), {
    withinMs: 5_000,
    what: `${program.name} says "${text}"`,
    hopeless: program.whyNot,
  });

const DRAINS = `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up')`;
const STUBBORN = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`;

afterAll(() => Promise.all(started.map((program) => program.kill())));

describe('a managed process', () => {
  it('drains when it is stopped, and leaves no pid file', async () => {
    const program = await run(DRAINS);
    await says(program, 'up');
    expect(existsSync(join(runDir, `${program.name}.pid`))).toBe(true);
    expect(await program.stop(5_000)).toBe(true);
    expect(program.lastWords(1)).toBe('drained');
    expect(program.running).toBe(false);
    expect(existsSync(join(runDir, `${program.name}.pid`))).toBe(false);
  });

  it('is killed when it does not end in time, and says so', async () => {
    const program = await run(STUBBORN);
    await says(program, 'up');
    expect(await program.stop(100)).toBe(false);
    expect(await program.ended()).toBe('by SIGKILL');
  });

  it('drains also when it was frozen', async () => {
    const program = await run(DRAINS);
    await says(program, 'up');
    program.pause();
    expect(await program.stop(5_000)).toBe(true);
  });

  it('does not start twice, and starts again after its end with what is added for that start', async () => {
    const program = await run(`console.log('color', process.env.COLOR); setInterval(() => {}, 1000)`, { COLOR: 'red' });
    await says(program, 'color red');
    await expect(program.start()).rejects.toThrow(/already running/);
    await program.kill();
    await program.start({ COLOR: 'blue' });
    await says(program, 'color blue');
  });

  it('says what a program that cannot be started lacks', async () => {
    const program = new ManagedProcess({ name: 'absent', command: '/no/such/program', args: [], env: {}, runDir });
    await expect(program.start()).rejects.toThrow(/absent could not be started with \/no\/such\/program: .*ENOENT/);
  });

  it('gives its last words when it ends while somebody waits for it', async () => {
    const program = await run(`console.error('the cupboard is bare'); process.exit(3)`);
    await program.ended();
    await expect(
      until(async () => expect(1).toBe(2), { withinMs: 5_000, what: 'it is ready', hopeless: program.whyNot }),
    ).rejects.toThrow(/it is ready: no\. .*\n.*the cupboard is bare/s);
  });
});

describe('what an earlier run left behind', () => {
  it('is ended, when it is the very process that was recorded', async () => {
    const program = await run(DRAINS);
    await says(program, 'up');
    const pid = program.pid!;
    const pidFile = join(runDir, `${program.name}.pid`);
    expect(await endLeftover(pidFile, 'the program')).toBe(
      `the program of an earlier run (pid ${pid}) was still running; ended it`,
    );
    expect(identify(pid)).toBeUndefined();
    expect(existsSync(pidFile)).toBe(false);
  });

  it('is left alone, when its pid belongs to another process by now', async () => {
    const program = await run(DRAINS);
    await says(program, 'up');
    const identity = identify(program.pid!)!;
    const pidFile = join(runDir, 'reused.pid');
    writeFileSync(pidFile, JSON.stringify({ ...identity, startedAt: 'earlier' }));
    expect(await endLeftover(pidFile, 'the program')).toBeUndefined();
    expect(isAlive(identity)).toBe(true);
    expect(existsSync(pidFile)).toBe(false);
  });

  it('is nobody, when the crash cut the pid file short', async () => {
    const pidFile = join(runDir, 'torn.pid');
    writeFileSync(pidFile, '{"pid": 1');
    expect(await endLeftover(pidFile, 'the program')).toBeUndefined();
  });
});

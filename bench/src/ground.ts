import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, heapFlagsOf, ManagedProcess, startInfrastructure, until } from '@throughline/platform';
import type { Ground } from './benchmark.js';

const ROOT = join(import.meta.dirname, '../..');
/** Linux counts the time of a process in ticks of 10 ms, whatever the machine (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Brings up a private broker and database in a folder of its own. `clear` ends everything and removes it. */
export async function clearGround(
  say: (line: string) => void,
): Promise<{ ground: Ground; clear: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  const { broker, database, stop } = await startInfrastructure({ dataDir, say });
  const processes: ManagedProcess[] = [];
  const ground: Ground = {
    amqpUrl: broker.amqpUrl,
    mongodbUrl: (name) => {
      const url = new URL(database.mongodbUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    start: async (name, entry, env, path) => {
      const [port] = await freePorts(1);
      const managed = new ManagedProcess({
        name,
        command: process.execPath,
        args: ['--enable-source-maps', ...heapFlagsOf('referral'), join(ROOT, entry)],
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env, PORT: String(port) },
        runDir: join(dataDir, 'run'),
      });
      processes.push(managed);
      await managed.start();
      const url = `http://127.0.0.1:${port}`;
      const answers = async (): Promise<void> => {
        const response = await fetch(url + path);
        const body = await response.text();
        if (!response.ok || body.includes('"broker":"down"')) throw new Error(body);
      };
      await until(answers, { withinMs: 30_000, what: `${name} answers`, hopeless: managed.whyNot });
      return { url };
    },
    cpuSeconds: () => cpuOfGroups(join(dataDir, 'run')),
    say,
  };
  const clear = async (): Promise<void> => {
    for (const managed of processes) await managed.stop();
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ground, clear };
}

/** User and system time of this process (`client`) and of each process group that was started here. */
function cpuOfGroups(runDir: string): Record<string, number> {
  const own = process.cpuUsage();
  const used: Record<string, number> = { client: (own.user + own.system) / 1e6 };
  if (!existsSync('/proc/self/stat')) return used;
  const leaders = new Map<number, string>();
  for (const file of readdirSync(runDir).filter((name) => name.endsWith('.pid'))) {
    const { pid } = JSON.parse(readFileSync(join(runDir, file), 'utf8')) as { pid: number };
    leaders.set(pid, file.slice(0, -'.pid'.length));
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const path = `/proc/${pid}/stat`;
    // a process may end while we look
    const stat = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = leaders.get(Number(fields[2]));
    if (name) used[name] = (used[name] ?? 0) + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }
  return used;
}

import { once } from 'node:events';
import { Problem, runCommand } from '../problem.js';
import { takeDataFolder } from './data-folder.js';
import { readOptions, type StartOptions } from './options.js';
import { type Platform, type ProcessName, startPlatform } from './platform.js';
import { supervise } from './supervisor.js';

const began = Date.now();

await runCommand(async () => {
  // npm sets INIT_CWD to the folder that the command was given in: a relative --data means that one.
  const options = readOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (!options) return;
  const giveBack = takeDataFolder(options.dataDir, options.fresh);
  try {
    await run(options);
  } finally {
    giveBack();
  }
});

/** Starts everything, stays up until it is asked to stop or cannot go on, and stops everything. */
async function run(options: StartOptions): Promise<void> {
  const end = new AbortController();
  const stop = (reason?: string) => {
    if (!end.signal.aborted) say('stopping: requests and events in hand are finished first');
    end.abort(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));

  const platform = await startPlatform({ ...options, say, signal: end.signal });
  let hopeless: string | undefined;
  const unwatch = supervise(pieces(platform), say, (reason) => {
    hopeless = reason;
    stop(reason);
  });
  if (!end.signal.aborted) await once(end.signal, 'abort');
  unwatch();
  await platform.stop();
  say('stopped');
  if (hopeless) throw new Problem(`The platform stopped: ${hopeless}. The logs are in ${options.dataDir}/run.`);
}

function pieces({ broker, database, processes, restart }: Platform) {
  return [
    { name: 'the broker', ended: () => broker.ended(), restart: () => broker.restart() },
    { name: 'the database', ended: () => database.ended(), restart: () => database.restart() },
    ...(Object.keys(processes) as ProcessName[]).map((name) => ({
      name,
      ended: processes[name].ended,
      restart: () => restart(name),
    })),
  ];
}

function say(line: string): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../demo/api.js';
import { seedDirectory } from '../demo/directory-seed.js';
import { playProgrammeDay, type ProgrammeDay } from '../demo/programme-day.js';
import { remember, remembered } from '../infrastructure/remembered.js';
import { messageOf, Problem, runCommand } from '../problem.js';
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
  try {
    if (!end.signal.aborted) await welcome(platform, options, end.signal);
    if (!end.signal.aborted) await once(end.signal, 'abort');
  } catch (thrown) {
    // What was asked to stop need not explain why it did not finish.
    if (!end.signal.aborted) hopeless = messageOf(thrown);
  }
  unwatch();
  await platform.stop();
  say('stopped');
  if (hopeless) throw new Problem(`The platform stopped: ${hopeless}. The logs are in ${options.dataDir}/run.`);
}

/** Seeds the directory, plays the day once for a data folder, and says where everything is. */
async function welcome(platform: Platform, { dataDir, demo, portBase }: StartOptions, signal: AbortSignal) {
  const api = new Api(platform.urls, platform.token);
  await seedDirectory(api, say);
  const file = join(dataDir, 'programme-day.json');
  if (demo && existsSync(file)) {
    const { playedAt } = await remembered<ProgrammeDay>(file, () => Promise.reject(new Problem(`${file} has gone.`)));
    say(`the programme day was played on this data at ${playedAt}; --fresh begins anew and plays it again`);
  } else if (demo) {
    say('a day in the programme, through the public APIs:');
    remember(file, await playProgrammeDay(api, { say, signal }));
  }
  const { urls } = platform;
  const token = `npm run --silent token -- <persona>${portBase === 3000 ? '' : ` --port-base ${portBase}`}`;
  const lines = [
    '',
    `  Referral             ${urls.referral}/docs`,
    `  Case management      ${urls['case-management']}/docs`,
    `  Services directory   ${urls['services-directory']}/docs   ${urls['services-directory']}/hsds/services`,
    `  Reporting            ${urls.reporting}/docs   ${urls.reporting}/reports/funnel`,
    `  Identity provider    ${urls['identity-provider']} (development and tests only)`,
    '',
    `  A token              ${token}   (personas: npm run --silent token -- --list)`,
    `  Data, keys and logs  ${dataDir}`,
    `  Stop                 Ctrl-C: what is in hand is finished first`,
    '',
    'ready',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
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

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, checkNode, giveUp, install, root } from './bootstrap.mjs';

/*
 * npm test [-- PROJECT...]
 *
 * Everything from a fresh clone: packages, format, lint and boundaries, build, infrastructure, the tests of every
 * project, the whole-system tests. With project names (referral, shared, e2e ...) only these.
 *
 * Build and lint come from Nx's cache when nothing changed. Tests never do: their outcome depends on a broker and a
 * database that no cache key knows.
 */

const dataDir = join(root, '.throughline/test');
const resultsDir = join(root, '.nx/test-results/@throughline');
const LONGEST_STEP_MS = 20 * 60_000;
const say = (line) => process.stdout.write(`[test] ${line}\n`);
const failedSteps = [];
let running;

checkNode();
const projects = selected(process.argv.slice(2));
install(say);

if (projects.everything) {
  await step('format', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']);
}
await step('lint and boundaries', 'node_modules/nx/dist/bin/nx.js', [
  'run-many',
  '-t',
  'lint',
  ...only(projects.names),
]);
say('build');
// The tests of the platform and of the whole system run every service; the others need their own project and the launcher.
const needsAll = projects.everything || projects.names.some((name) => ['platform', 'e2e'].includes(name));
build(...(needsAll ? ['.'] : [...projects.folders, 'tools/platform']));

rmSync(resultsDir, { recursive: true, force: true });
mkdirSync(resultsDir, { recursive: true });
const { startInfrastructure, messageOf } = await import(join(root, 'tools/platform/dist/index.js'));
const infrastructure = await startInfrastructure({ dataDir, say }).catch((thrown) => giveUp(thrown.message ?? thrown));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    running?.kill('SIGTERM');
    await down();
    process.exit(1);
  });
}
try {
  await tests();
} catch (thrown) {
  failedSteps.push(messageOf(thrown));
} finally {
  await down();
}
conclude();

/** The tests in three rounds, because each needs the environment of its own. */
async function tests() {
  const { broker, database } = infrastructure;
  const env = {
    AMQP_URL: broker.amqpUrl,
    AMQP_MANAGEMENT_URL: broker.managementUrl,
    MONGODB_URL: database.mongodbUrl,
  };
  const engine = projects.names.filter((name) => name === 'embedded-mongo');
  const system = projects.names.filter((name) => name === 'e2e');
  const others = projects.names.filter((name) => !engine.includes(name) && !system.includes(name));
  // The contract suite also runs against MONGODB_URL when a real MongoDB is there: the engine is not one.
  const real = database.source !== 'embedded engine';
  if (engine.length > 0) await nxTest(engine, real ? env : { ...env, MONGODB_URL: undefined });
  if (others.length > 0) await nxTest(others, env);
  // Last and alone: these start the whole platform, kill parts of it, and need the machine to themselves.
  if (system.length > 0) await nxTest(system, env);
}

function nxTest(names, env) {
  return step(
    `tests of ${names.join(', ')}`,
    'node_modules/nx/dist/bin/nx.js',
    ['run-many', '-t', 'test', ...only(names)],
    env,
  );
}

function only(names) {
  return ['-p', names.map((name) => `@throughline/${name}`).join(','), '--outputStyle=static'];
}

function step(title, program, args, env = {}) {
  say(title);
  return new Promise((resolve) => {
    running = spawn(process.execPath, [join(root, program), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false', ...env },
    });
    // A test that keeps its process alive would otherwise hold up a CI until that gives up itself.
    const watch = setTimeout(() => {
      failedSteps.push(`${title}: not finished within ${LONGEST_STEP_MS / 60_000} minutes`);
      running.kill('SIGKILL');
    }, LONGEST_STEP_MS);
    running.once('error', (error) => giveUp(`${title}: ${error.message}`));
    running.once('exit', (code) => {
      clearTimeout(watch);
      if (code !== 0) failedSteps.push(title);
      resolve();
    });
  });
}

/** Its data was made for these tests alone, so a quick end loses nothing. */
async function down() {
  const { broker } = infrastructure;
  if (broker.source === 'program') await broker.kill();
  await infrastructure.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Adds up what each project's Jest reported; a project without a report, or a file that did not even load, has failed. */
function conclude() {
  let passed = 0;
  let failed = 0;
  for (const name of projects.names) {
    const file = join(resultsDir, `${name}.json`);
    if (!existsSync(file)) {
      failed++;
      say(`${name}: no result`);
      continue;
    }
    const result = JSON.parse(readFileSync(file, 'utf8'));
    passed += result.numPassedTests;
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    const skipped = result.numPendingTests + result.numTodoTests;
    if (skipped > 0) failedSteps.push(`${name}: ${skipped} skipped (none may be)`);
    say(`${name}: ${result.numPassedTests} passed, ${result.numFailedTests} failed`);
  }
  for (const title of failedSteps) say(`FAILED: ${title}`);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 || failedSteps.length > 0 || passed === 0 ? 1 : 0;
}

/** The projects to test: those named, or all that the workspace has. */
function selected(names) {
  const folders = ['libs', 'tools', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  const all = new Map(
    [...folders, 'e2e']
      .filter((path) => existsSync(join(root, path, 'jest.config.mjs')))
      .map((path) => [basename(path), path]),
  );
  const unknown = names.filter((name) => !all.has(name));
  if (unknown.length > 0) {
    giveUp(`There is no project ${unknown.join(', ')}. These can be tested: ${[...all.keys()].join(', ')}.`);
  }
  const chosen = names.length > 0 ? names : [...all.keys()];
  return { names: chosen, folders: chosen.map((name) => all.get(name)), everything: names.length === 0 };
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What the commands need before any package is there: plain Node alone, no import that is not Node's own.
 */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const OLDEST = [20, 19];

/** Ends the command with a message; nothing that a person can put right ends in a stack. */
export function giveUp(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Refuses a Node that is too old, before its first syntax error would. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    giveUp(`Node ${process.versions.node} is too old: Throughline needs ${OLDEST.join('.')} or newer.`);
  }
}

/**
 * Whether what is installed is what package-lock.json says. npm keeps its own account of a node_modules folder in
 * it; comparing the two finds a missing, older or half-finished installation without asking any registry.
 */
export function isInstalled() {
  const wanted = readLock('package-lock.json');
  const present = readLock('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    // Builds for other machines and what nothing needs any more are in the lock, and rightly absent here.
    if (!path.startsWith('node_modules/') || entry.optional || entry.peer || entry.extraneous || entry.os) return true;
    const found = present[path];
    return found !== undefined && found.version === entry.version && existsSync(join(root, path));
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Installs the locked packages when they are missing or stale. Development packages too: they build and start it. */
export function install(say) {
  if (isInstalled()) return;
  say('installing the locked packages with "npm ci" (a minute or two)');
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.error) giveUp(`npm could not be run (${npm.error.message}). It comes with Node: put it on PATH.`);
  if (npm.status !== 0) giveUp('"npm ci" failed, its reason stands above. Put it right and run this command again.');
}

/** Compiles these projects and what they refer to; only what changed is compiled. */
export function build(...projects) {
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  if (status !== 0) giveUp('The build failed, its reasons stand above.');
}

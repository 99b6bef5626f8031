#!/usr/bin/env node
// The embedded engine alone, until stopped: npm run mongo -- --port N --data DIR [--host H] [--user U --password P]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
if (!existsSync(compiler)) {
  console.error('Dependencies are missing: run `npm ci` first.');
  process.exit(1);
}
const project = join(root, 'tools', 'embedded-mongo');

/** Whether something was changed after the last build: the compiler need not be asked then. */
function isStale() {
  const stamp = join(project, 'dist', '.tsbuildinfo');
  if (!existsSync(stamp) || !existsSync(join(project, 'dist', 'main.js'))) return true;
  const built = statSync(stamp).mtimeMs;
  return readdirSync(join(project, 'src'), { recursive: true }).some(
    (f) => statSync(join(project, 'src', f)).mtimeMs > built,
  );
}

if (isStale()) {
  const built = spawnSync(process.execPath, [compiler, '-b', project], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

// npm does not hand on the signal that ends it; without this the engine would stay behind.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 200).unref();
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(project, 'dist', 'main.js')).href);

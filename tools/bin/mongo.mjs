#!/usr/bin/env node
// The embedded engine alone, until stopped: npm run mongo -- --port N --data DIR [--host H] [--user U --password P]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
if (!existsSync(compiler)) {
  console.error('Dependencies are missing: run `npm ci` first.');
  process.exit(1);
}
const project = join(root, 'tools', 'embedded-mongo');
const built = spawnSync(process.execPath, [compiler, '-b', project], { stdio: ['ignore', 2, 2] });
if (built.status !== 0) process.exit(built.status ?? 1);

const engine = spawn(
  process.execPath,
  ['--enable-source-maps', join(project, 'dist', 'main.js'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => engine.kill(signal));
engine.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, giveUp, isInstalled, root } from './bootstrap.mjs';

// npm run --silent token -- <persona>: nothing but the token may stand on standard output, so nothing is built here.
checkNode();
const command = join(root, 'tools/platform/dist/token/main.js');
if (!isInstalled() || !existsSync(command))
  giveUp('The platform was never started from this folder. Run "npm start" first.');
await import(command);

import { join } from 'node:path';
import { build, checkNode, install, root } from './bootstrap.mjs';

// npm start: what is missing is installed, what changed is built, and the platform is started.
const say = (line) => process.stdout.write(`        ${line}\n`);

checkNode();
install(say);
say('building what changed');
build(
  ...['referral', 'case-management', 'services-directory', 'reporting'].map((name) => join('services', name)),
  join('tools', 'platform'),
);
await import(join(root, 'tools/platform/dist/start/main.js'));

import { join } from 'node:path';
import { build, checkNode, install, root } from './bootstrap.mjs';

// npm run bench [-- NAME...]: the ratio benchmarks, each against its baseline on the same infrastructure.
checkNode();
install((line) => process.stderr.write(`[bench] ${line}\n`));
build('.');
await import(join(root, 'bench/dist/main.js'));

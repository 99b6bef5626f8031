import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { committed, generatedFiles, ROOT } from './reference.js';

// npm run docs: writes what has changed, and says what that was
try {
  let changed = 0;
  for (const [path, content] of await generatedFiles()) {
    if ((await committed(path)) === content) continue;
    await mkdir(new URL('.', new URL(path, ROOT)), { recursive: true });
    await writeFile(new URL(path, ROOT), content);
    process.stdout.write(`written: ${path}\n`);
    changed += 1;
  }
  process.stdout.write(changed === 0 ? 'Everything was fresh.\n' : `${changed} files written.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

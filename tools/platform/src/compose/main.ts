import { readFileSync } from 'node:fs';
import { messageOf, Problem, runCommand } from '../problem.js';
import { type Definitions, writeSecrets } from './secrets.js';

await runCommand(async () => {
  const [folder, definitions] = process.argv.slice(2);
  if (!folder || !definitions) throw new Problem('Usage: node dist/compose/main.js <folder> <definitions.json>');
  await writeSecrets(folder, read(definitions));
  console.log('secrets are in place');
});

function read(file: string): Definitions {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Definitions;
  } catch (thrown) {
    throw new Problem(`${file} cannot be read: ${messageOf(thrown)}`);
  }
}

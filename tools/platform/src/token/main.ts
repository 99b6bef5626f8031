import { parseArgs } from 'node:util';
import { personas } from '../identity-provider/personas.js';
import { tokenFor } from '../identity-provider/token.js';
import { messageOf, Problem, runCommand } from '../problem.js';

const USAGE = 'Usage: npm run --silent token -- <persona> [--port-base N]   or   npm run --silent token -- --list';

await runCommand(async () => {
  const { values, positionals } = parsed();
  if (values.list) {
    const width = Math.max(...personas.map(({ name }) => name.length));
    for (const { name, description } of personas) console.log(`${name.padEnd(width)}  ${description}`);
    return;
  }
  const [persona, ...more] = positionals;
  if (!persona || more.length > 0) throw new Problem(USAGE);
  const port = Number(values['port-base']);
  if (!Number.isInteger(port) || port < 1 || port > 65_531) throw new Problem('--port-base must be a TCP port.');
  console.log(await tokenFor(persona, `http://127.0.0.1:${port}`));
});

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: 'boolean' }, 'port-base': { type: 'string', default: '3000' } },
    });
  } catch (thrown) {
    throw new Problem(`${messageOf(thrown)} ${USAGE}`);
  }
}

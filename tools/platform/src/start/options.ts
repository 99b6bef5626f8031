import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../infrastructure/repository.js';
import { messageOf, Problem } from '../problem.js';

export interface StartOptions {
  /** Port of the identity provider; the four services take the ports after it. */
  portBase: number;
  /** Folder for everything that the platform keeps. */
  dataDir: string;
  /** Whether the folder is emptied first. */
  fresh: boolean;
  /** Whether the programme day is played. */
  demo: boolean;
}

const USAGE = `npm start -- [--port-base N] [--data DIR] [--fresh] [--no-demo]

  --port-base N  identity provider on port N, referral N+1, case-management N+2, services-directory N+3,
                 reporting N+4 (default 3000)
  --data DIR     folder for data, keys and logs (default .throughline in the repository)
  --fresh        begins with an empty folder
  --no-demo      does not play the programme day`;

/** Reads the command line; throws a Problem that names what is wrong with it. `undefined` when help was asked for. */
export function readOptions(args: string[], invokedFrom: string): StartOptions | undefined {
  const { values } = parsed(args);
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return undefined;
  }
  const portBase = Number(values['port-base']);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_531) {
    throw new Problem(`--port-base is a number from 1024 to 65531, not "${values['port-base']}".`);
  }
  return {
    portBase,
    dataDir: values.data ? resolve(invokedFrom, values.data) : resolve(repositoryRoot, '.throughline/platform'),
    fresh: values.fresh,
    demo: !values['no-demo'],
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'port-base': { type: 'string', default: '3000' },
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (thrown) {
    throw new Problem(`${messageOf(thrown)}\n\n${USAGE}`);
  }
}

/** `node dist/main.js --port N --data DIR [--host H] [--user U --password P]`: the engine as a process of its own. */
import { parseArgs } from 'node:util';
import { NOTICE } from './commands/admin.js';
import { startEmbeddedMongo } from './index.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '27017' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
    user: { type: 'string' },
    password: { type: 'string' },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port ${values.port}: a number from 0 to 65535 is needed`);
  process.exit(2);
}
if ((values.user === undefined) !== (values.password === undefined)) {
  console.error('--user and --password go together');
  process.exit(2);
}

try {
  const engine = await startEmbeddedMongo({
    port,
    host: values.host,
    ...(values.data === undefined ? {} : { dataDir: values.data }),
    ...(values.user === undefined ? {} : { user: values.user, password: values.password! }),
  });
  let closing = false;
  const stop = (): void => {
    if (closing) return;
    closing = true;
    engine.close().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(error.message);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  console.log(engine.uri);
  console.error(`${NOTICE}. Ready on ${values.host}:${engine.port}, data ${values.data ?? 'in memory only'}.`);
} catch (error) {
  console.error(`The embedded engine cannot start: ${(error as Error).message}`);
  process.exit(1);
}

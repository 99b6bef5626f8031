import { runCommand, Problem } from '../problem.js';
import { startIdentityProvider } from './provider.js';

await runCommand(async () => {
  const { DATA_DIR: dataDir, HOST: host = '127.0.0.1' } = process.env;
  const port = Number(process.env['PORT']);
  if (!dataDir)
    throw new Problem('DATA_DIR is missing: the folder for keys and secrets of the local identity provider.');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Problem('PORT must be a TCP port, 1 to 65535.');
  const issuer = process.env['ISSUER'] ?? `http://127.0.0.1:${port}`;
  const stop = await startIdentityProvider({ issuer, host, port, dataDir });
  console.log(`Throughline local identity provider, for development and tests only: ${issuer}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
});

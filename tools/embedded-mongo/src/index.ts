/** The Throughline embedded engine: speaks the wire protocol of MongoDB, for development and tests only. */
import { Cursors } from './server/cursors.js';
import { Scram } from './server/scram.js';
import { listen } from './server/server.js';
import { expireDocuments } from './server/ttl.js';
import { Store, type StoreOptions } from './storage/store.js';

export interface EmbeddedMongoOptions {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Folder of the data; without one nothing outlives the process. */
  readonly dataDir?: string;
  /** With a password, clients must authenticate by SCRAM-SHA-256. */
  readonly user?: string;
  readonly password?: string;
  /** Called when a write or sync failed. The engine acknowledges nothing from then on; by default the process ends. */
  readonly onFailure?: (error: Error) => void;
  /** Told what a start repaired; by default it is written to standard error. */
  readonly onRepair?: (what: string) => void;
  /** Milliseconds between two looks for expired documents. */
  readonly ttlInterval?: number;
  readonly disk?: StoreOptions['disk'];
}

export interface EmbeddedMongo {
  /** The connection string. */
  readonly uri: string;
  readonly port: number;
  /** Closes connections, finishes what was written and releases the data folder. */
  close(): Promise<void>;
}

function endLoudly(error: Error): void {
  console.error(`Throughline embedded engine: a write failed, ending: ${error.message}`);
  process.exit(1);
}

/**
 * Starts an engine in this process.
 * @throws Error when the port is taken, the data folder is in use, its snapshot is damaged, or a user comes without password
 */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions = {}): Promise<EmbeddedMongo> {
  const { host = '127.0.0.1', user, password } = options;
  if ((user === undefined) !== (password === undefined)) throw new Error('user and password go together');
  const store = new Store({
    ...(options.dataDir === undefined ? {} : { folder: options.dataDir }),
    ...(options.disk ? { disk: options.disk } : {}),
    onFailure: options.onFailure ?? endLoudly,
    onRepair: options.onRepair ?? ((what) => console.error(`Throughline embedded engine: repaired ${what}`)),
  });
  const scram = user !== undefined && password !== undefined ? new Scram(user, password) : undefined;
  const engine = { store, cursors: new Cursors(), ...(scram ? { scram } : {}) };
  let server;
  try {
    server = await listen(engine, options.port ?? 0, host);
  } catch (error) {
    await store.close();
    throw error;
  }
  const timer = setInterval(() => {
    engine.cursors.closeIdle(Date.now());
    expireDocuments(store, Date.now());
  }, options.ttlInterval ?? 30_000);
  timer.unref();
  const credentials = scram ? `${encodeURIComponent(user!)}:${encodeURIComponent(password!)}@` : '';
  const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;
  const { port, close } = server;
  return {
    uri: `mongodb://${credentials}${shown}:${port}/?directConnection=true`,
    port,
    async close() {
      clearInterval(timer);
      await close();
      await store.close();
    },
  };
}

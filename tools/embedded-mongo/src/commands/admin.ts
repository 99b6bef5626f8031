/** Databases and collections as such, and what the server tells about itself. */
import { createRequire } from 'node:module';
import { encode, type Encodable } from '../bson/encode.js';
import { isNumber, toDouble } from '../bson/compare.js';
import { Bin, DateTime, Double, doc as docOf, type Doc } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { isTrue, parseFilter } from '../query/parse.js';
import { allow, boolean, collectionName, document, ok, type Command, type Reply } from '../server/command.js';
import { MAX_DOCUMENT } from '../storage/collection.js';
import { checkNamespace } from '../storage/store.js';
import { MAX_MESSAGE } from '../server/wire.js';
import { cursorReply } from './read.js';
import { MAX_BATCH } from './write.js';

export const NOTICE = 'Throughline embedded engine, for development and tests only';
/** The version whose recorded behaviour the engine follows; drivers need one. */
const VERSION = '7.0.15';
const { version: own } = createRequire(import.meta.url)('../../package.json') as { version: string };

export function hello(c: Command): Reply {
  const legacy = c.name.toLowerCase() === 'ismaster';
  const mechanisms = c.body.get('saslSupportedMechs');
  return ok({
    ...(legacy ? { ismaster: true, helloOk: true } : { isWritablePrimary: true }),
    msg: undefined,
    engine: NOTICE,
    maxBsonObjectSize: MAX_DOCUMENT,
    maxMessageSizeBytes: MAX_MESSAGE,
    maxWriteBatchSize: MAX_BATCH,
    localTime: new DateTime(Date.now()),
    logicalSessionTimeoutMinutes: 30,
    connectionId: c.client.id,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    saslSupportedMechs: mechanisms === undefined ? undefined : ['SCRAM-SHA-256'],
  });
}

export const ping = (): Reply => ok({});

export const buildInfo = (): Reply =>
  ok({
    version: VERSION,
    versionArray: [...VERSION.split('.').map(Number), 0],
    engine: NOTICE,
    engineVersion: own,
    modules: [],
    storageEngines: ['log'],
    debug: false,
    bits: 64,
    maxBsonObjectSize: MAX_DOCUMENT,
  });

export const connectionStatus = (c: Command): Reply =>
  ok({
    authInfo: docOf({
      authenticatedUsers: c.client.user === undefined ? [] : [docOf({ user: c.client.user, db: 'admin' })],
      authenticatedUserRoles: [],
    }),
  });

/** Sessions hold nothing here: there are no transactions and cursors are closed by themselves. */
export const endSessions = (): Reply => ok({});
export const startSession = (): Reply =>
  ok({
    id: docOf({ id: new Bin(4, Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex')) }),
    timeoutMinutes: 30,
  });

export function getParameter(c: Command): Reply {
  const asked = [...c.body.keys()].filter((k) => k === 'featureCompatibilityVersion');
  if (!asked.length) throw notImplemented(`getParameter of ${[...c.body.keys()].slice(1, 2).join()}`);
  return ok({ featureCompatibilityVersion: docOf({ version: '7.0' }) });
}

export function create(c: Command): Reply {
  const refused = [
    'capped',
    'size',
    'max',
    'timeseries',
    'viewOn',
    'pipeline',
    'validator',
    'validationLevel',
    'validationAction',
    'collation',
    'clusteredIndex',
    'expireAfterSeconds',
    'encryptedFields',
    'changeStreamPreAndPostImages',
    'storageEngine',
    'indexOptionDefaults',
  ];
  allow(c, [...refused, 'autoIndexId', 'idIndex', 'temp', 'flags']);
  for (const name of refused)
    if (c.body.has(name) && c.body.get(name) !== false) throw notImplemented(`create with ${name}`);
  const name = collectionName(c);
  const existing = c.store.collection(c.database, name);
  if (!existing) c.store.create(c.database, name);
  else if (existing.options.size) throw new MongoError(48, `Collection ${c.database}.${name} already exists.`);
  return ok({});
}

export function drop(c: Command): Reply {
  allow(c, []);
  const name = collectionName(c);
  checkNamespace(c.database, name);
  const collection = c.store.collection(c.database, name);
  if (!collection) return ok({});
  c.store.drop(collection);
  return ok({ nIndexesWas: collection.indexes.size, ns: `${c.database}.${name}` });
}

export function dropDatabase(c: Command): Reply {
  allow(c, []);
  const collections = [...(c.store.databases.get(c.database)?.values() ?? [])];
  for (const collection of collections) c.store.drop(collection);
  return ok(collections.length ? { dropped: c.database } : {});
}

export function listCollections(c: Command): Reply {
  allow(c, ['filter', 'nameOnly', 'authorizedCollections', 'cursor']);
  const filter = parseFilter(document(c, 'filter'));
  const nameOnly = boolean(c.body, c.name, 'nameOnly');
  const rows: Doc[] = [];
  for (const collection of c.store.databases.get(c.database)?.values() ?? []) {
    const row = docOf({ name: collection.name, type: 'collection' });
    if (!nameOnly) {
      row.set('options', collection.options);
      row.set('info', docOf({ readOnly: false }));
      row.set('idIndex', collection.idIndex.definition);
    }
    if (filter.test(row, { variables: new Map() })) rows.push(row);
  }
  const namespace = `${c.database}.$cmd.listCollections`;
  const size = document(c, 'cursor').get('batchSize');
  const batch = c.cursors.start(
    namespace,
    rows.map((r) => encode(r)).values(),
    isNumber(size) ? toDouble(size) : Infinity,
  );
  return cursorReply('firstBatch', batch.documents, batch.id, namespace);
}

export function listDatabases(c: Command): Reply {
  allow(c, ['filter', 'nameOnly', 'authorizedDatabases']);
  const filter = parseFilter(document(c, 'filter'));
  const nameOnly = isTrue(c.body.get('nameOnly'));
  let total = 0;
  const databases: Encodable[] = [];
  for (const [name, collections] of [...c.store.databases].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const size = [...collections.values()].reduce((sum, x) => sum + x.size, 0);
    const row = docOf(nameOnly ? { name } : { name, sizeOnDisk: new Double(size), empty: size === 0 });
    if (!filter.test(row, { variables: new Map() })) continue;
    total += size;
    databases.push(row);
  }
  return ok(nameOnly ? { databases } : { databases, totalSize: new Double(total) });
}

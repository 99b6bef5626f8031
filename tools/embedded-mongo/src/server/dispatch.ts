/** From a message to its answer: finds the command, checks what holds for all commands, turns errors into replies. */
import { decodeCommand } from '../bson/decode.js';
import type { Doc } from '../bson/values.js';
import { Double, isDoc } from '../bson/values.js';
import { MongoError, codeName, notImplemented } from '../errors.js';
import * as admin from '../commands/admin.js';
import { aggregate } from '../commands/aggregate.js';
import { findAndModify } from '../commands/find-and-modify.js';
import { createIndexes, dropIndexes, listIndexes } from '../commands/indexes.js';
import { count, distinct, find, getMore, killCursors } from '../commands/read.js';
import { insert, remove, update } from '../commands/write.js';
import { ok, type Client, type Handler, type Reply } from './command.js';
import type { Cursors } from './cursors.js';
import type { Message } from './wire.js';
import type { Store } from '../storage/store.js';
import type { Scram } from './scram.js';

const OPEN: Record<string, Handler> = {
  hello: admin.hello,
  isMaster: admin.hello,
  ismaster: admin.hello,
  ping: admin.ping,
  buildInfo: admin.buildInfo,
  buildinfo: admin.buildInfo,
  connectionStatus: admin.connectionStatus,
  endSessions: admin.endSessions,
};
const HANDLERS: Record<string, Handler> = {
  ...OPEN,
  startSession: admin.startSession,
  refreshSessions: admin.endSessions,
  killSessions: admin.endSessions,
  getParameter: admin.getParameter,
  create: admin.create,
  drop: admin.drop,
  dropDatabase: admin.dropDatabase,
  listCollections: admin.listCollections,
  listDatabases: admin.listDatabases,
  createIndexes,
  listIndexes,
  dropIndexes,
  deleteIndexes: dropIndexes,
  find,
  getMore,
  killCursors,
  count,
  distinct,
  aggregate,
  insert,
  update,
  delete: remove,
  findAndModify,
  findandmodify: findAndModify,
};

/** Commands of the real server that the engine leaves out; others are unknown to both. */
const LEFT_OUT = new Set(
  `abortTransaction commitTransaction bulkWrite collMod collStats convertToCapped currentOp dbHash dbStats explain
  killOp killAllSessions killAllSessionsByPattern listCommands mapReduce reIndex renameCollection serverStatus validate
  createUser dropUser updateUser usersInfo createRole dropRole grantRolesToUser rolesInfo logout getLog hostInfo
  fsync shutdown replSetGetStatus replSetInitiate replSetGetConfig setParameter setFeatureCompatibilityVersion top
  profile dataSize getCmdLineOpts createSearchIndexes listSearchIndexes whatsmyip features getDefaultRWConcern
  setDefaultRWConcern planCacheClear planCacheListFilters compact connPoolStats applyOps cloneCollectionAsCapped`.split(
    /\s+/,
  ),
);

export interface Engine {
  readonly store: Store;
  readonly cursors: Cursors;
  /** Present when clients must authenticate. */
  readonly scram?: Scram;
}

/**
 * Answers a message. What writes, or finds that it need not, is answered when all that it saw is on the disk; so is a
 * read with concern majority. Other reads do not wait for a sync.
 */
export async function answer(engine: Engine, client: Client, message: Message): Promise<Reply> {
  let reply: Reply;
  let waits = true;
  try {
    const command = read(message);
    waits = !READS.has(command.name) || isMajority(command.body);
    reply = (await run(engine, client, message, command)).set('ok', new Double(1));
  } catch (error) {
    reply = failure(error);
  }
  const durable = waits ? engine.store.durable() : undefined;
  if (durable) await durable;
  return reply;
}

const READS = new Set(['find', 'getMore', 'count', 'distinct', 'aggregate', 'hello', 'isMaster', 'ismaster', 'ping']);

const isMajority = (body: Doc): boolean => {
  const concern = body.get('readConcern');
  return isDoc(concern) && concern.get('level') === 'majority';
};

interface Read {
  readonly name: string;
  readonly body: Doc;
  readonly documents?: Buffer[];
}

function read(message: Message): Read {
  const { command, documents } = decodeCommand(message.body);
  return { name: command.keys().next().value ?? '', body: command, ...(documents ? { documents } : {}) };
}

function run(engine: Engine, client: Client, message: Message, command: Read): Reply | Promise<Reply> {
  const { name, body, documents } = command;
  const database = body.get('$db') ?? 'admin';
  if (typeof database !== 'string') throw new MongoError(14, '$db must be a string');
  for (const [field, sequence] of message.sequences) if (field !== 'documents') addSequence(body, field, sequence);
  const given = documents ?? message.sequences.get('documents');
  const sasl = engine.scram?.handler(name);
  const handler = sasl ?? (Object.hasOwn(HANDLERS, name) ? HANDLERS[name]! : undefined);
  if (!handler) {
    if (LEFT_OUT.has(name) || /^sasl/.test(name)) throw notImplemented(`the command ${name}`);
    throw new MongoError(59, `no such command: '${name}'`);
  }
  if (engine.scram && client.user === undefined && !sasl && !Object.hasOwn(OPEN, name))
    throw new MongoError(13, `Command ${name} requires authentication`);
  refuseTransactions(body);
  return handler({ name, body, database, client, ...engine, ...(given ? { documents: given } : {}) });
}

function addSequence(body: Doc, field: string, documents: readonly Buffer[]): void {
  if (body.has(field)) throw new MongoError(40413, `the field ${field} comes twice`);
  body.set(
    field,
    documents.map((d) => decodeCommand(d).command),
  );
}

/** As on a standalone server there are no retryable writes, and drivers ask for none; transactions are refused. */
function refuseTransactions(body: Doc): void {
  if (body.has('startTransaction') || body.has('autocommit')) throw notImplemented('transactions');
  if (body.has('txnNumber'))
    throw new MongoError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  const concern = body.get('readConcern');
  const level = isDoc(concern) ? concern.get('level') : undefined;
  if (level === 'snapshot') throw notImplemented('read concern snapshot');
}

export function failure(error: unknown): Reply {
  if (!(error instanceof MongoError)) {
    console.error('internal error', error);
    return failure(new MongoError(1, 'internal error of the Throughline embedded engine'));
  }
  return ok({
    ok: new Double(0),
    errmsg: error.message,
    code: error.code,
    codeName: codeName(error.code),
    keyPattern: error.duplicate?.keyPattern,
    keyValue: error.duplicate?.keyValue,
  });
}

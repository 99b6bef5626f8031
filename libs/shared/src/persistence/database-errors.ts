/** True for the error of a unique index, and for bulk writes in which every error is of that kind. */
export function isDuplicateKey(error: unknown): boolean {
  const { code, writeErrors } = (error ?? {}) as { code?: unknown; writeErrors?: unknown };
  const several = Array.isArray(writeErrors) ? writeErrors : writeErrors ? [writeErrors] : [];
  if (several.length > 0) return several.every((one: { code?: unknown }) => one.code === 11000);
  return code === 11000;
}

const UNAVAILABLE = new Set([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
]);

/** Server answers that mean "not now": https://github.com/mongodb/specifications, retryable writes. */
const RETRYABLE_CODES = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** A connection of the pool whose server is gone shows this when it is used, before the driver has noticed. */
const BROKEN_CONNECTION = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT']);

/** The driver dresses a lost connection in a bulk write as an error of that bulk, without account, code or cause. */
const isLostBulk = (error: Error & { code?: unknown; writeErrors?: unknown }): boolean =>
  error.name === 'MongoBulkWriteError' &&
  typeof error.code !== 'number' &&
  Array.isArray(error.writeErrors) &&
  error.writeErrors.length === 0;

/** True when the database could not be reached or cannot write at the moment: the same request may succeed later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return (
    isLostBulk(error) ||
    UNAVAILABLE.has(error.name) ||
    BROKEN_CONNECTION.has(String(code)) ||
    (error.name === 'MongooseError' && /initial connection|not connected|buffering timed out/i.test(error.message)) ||
    (error.name.startsWith('Mongo') && typeof code === 'number' && RETRYABLE_CODES.has(code))
  );
}

import { isDeepStrictEqual } from 'node:util';
import type { Actor, Scheduler } from './scheduler.js';

type Doc = Record<string, unknown> & { _id: string };
type Spec = Record<string, unknown>;
/** Changes a statement on its way to the database: how a known mistake is planted in the real code. */
export type Mutation = (method: string, filter: Spec, update: Spec) => void;

const isSpec = (value: unknown): value is Spec =>
  value !== null && typeof value === 'object' && !(value instanceof Date);
const at = (doc: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isSpec(value) ? value[key] : undefined), doc);

function put(doc: Doc, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let target: Spec = doc;
  for (const key of keys) target = (target[key] ??= {}) as Spec;
  if (value === undefined) delete target[last];
  else target[last] = value;
}

function fits(value: unknown, condition: unknown): boolean {
  if (!isSpec(condition) || !Object.keys(condition).some((key) => key.startsWith('$')))
    return isDeepStrictEqual(value, condition);
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === '$exists') return (value !== undefined) === operand;
    if (operator === '$in') return (operand as unknown[]).includes(value);
    if (operator === '$size') return Array.isArray(value) && value.length === operand;
    if (operator === '$gte') return value !== undefined && (value as number) >= (operand as number);
    if (operator === '$lte') return value !== undefined && (value as number) <= (operand as number);
    throw new TypeError(`the simulation does not know ${operator}`);
  });
}

function matches(doc: Doc, filter: Spec): boolean {
  return Object.entries(filter).every(([path, condition]) =>
    path === '$or' ? (condition as Spec[]).some((one) => matches(doc, one)) : fits(at(doc, path), condition),
  );
}

function apply(doc: Doc, update: Spec): void {
  for (const [operator, fields] of Object.entries(update))
    for (const [path, operand] of Object.entries(fields as Spec)) {
      const value = at(doc, path);
      if (operator === '$set') put(doc, path, operand);
      else if (operator === '$unset') put(doc, path, undefined);
      else if (operator === '$inc') put(doc, path, ((value as number | undefined) ?? 0) + (operand as number));
      else if (operator === '$min')
        put(doc, path, value !== undefined && (value as Date) < (operand as Date) ? value : operand);
      else if (operator === '$push') {
        const { $each, $slice } = operand as { $each: unknown[]; $slice?: number };
        const pushed = [...((value as unknown[] | undefined) ?? []), ...$each];
        put(doc, path, $slice === undefined ? pushed : pushed.slice($slice));
      } else if (operator === '$pull')
        put(
          doc,
          path,
          (value as Doc[]).filter((item) => !matches(item, operand as Spec)),
        );
      else throw new TypeError(`the simulation does not know ${operator}`);
    }
}

/** The part of a driver's collection that store, relay and log use, in memory, each statement atomic. */
export class SimulatedCollection {
  readonly docs = new Map<string, Doc>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly mutate: Mutation,
  ) {}

  /** The collection as one process sees it. */
  seenBy(actor: Actor): Record<string, unknown> {
    const statement = async <T>(run: () => T): Promise<T> => {
      await this.scheduler.turn(actor);
      const answer = structuredClone(run());
      await this.scheduler.turn(actor);
      return answer;
    };
    const change = (
      method: string,
      filter: Spec,
      update: Spec,
      many: boolean,
    ): { matchedCount: number; modifiedCount: number } => {
      const [where, what] = [structuredClone(filter), structuredClone(update)];
      this.mutate(method, where, what);
      const found = [...this.docs.values()].filter((doc) => matches(doc, where)).slice(0, many ? undefined : 1);
      for (const doc of found) apply(doc, what);
      return { matchedCount: found.length, modifiedCount: found.length };
    };
    const find = (filter: Spec): Doc[] => [...this.docs.values()].filter((doc) => matches(doc, filter));
    return {
      findOne: (filter: Spec) => statement(() => find(filter)[0] ?? null),
      find: (filter: Spec, options: { limit?: number } = {}) => ({
        toArray: () => statement(() => find(filter).slice(0, options.limit)),
      }),
      insertOne: (doc: Doc) => statement(() => this.insert([doc])),
      insertMany: (docs: Doc[]) => statement(() => this.insert(docs)),
      updateOne: (filter: Spec, update: Spec) => statement(() => change('updateOne', filter, update, false)),
      updateMany: (filter: Spec, update: Spec) => statement(() => change('updateMany', filter, update, true)),
    };
  }

  private insert(docs: Doc[]): void {
    const writeErrors: { index: number; code: number }[] = [];
    for (const [index, doc] of docs.entries())
      if (this.docs.has(doc._id)) writeErrors.push({ index, code: 11000 });
      else this.docs.set(doc._id, structuredClone(doc));
    if (writeErrors.length > 0)
      throw Object.assign(new Error('duplicate key'), { name: 'MongoBulkWriteError', code: 11000, writeErrors });
  }
}

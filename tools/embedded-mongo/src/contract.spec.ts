/** Every recorded answer of a real MongoDB, from the engine, and from the server that MONGODB_URL names if there is one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { cleanUp, compareAfter, compareAnswer, execute, readCase, type Case } from '../contract/run.mjs';
import { startEmbeddedMongo, type EmbeddedMongo } from './index.js';

const FOLDER = join(import.meta.dirname, '..', 'contract');
const NOT_IMPLEMENTED = 238;
/** Areas of which nothing may be refused; what else there is may be, by name. */
const MAY_REFUSE = new Set(['aggregate-stages', 'aggregate-out', 'aggregate-window', 'beyond']);

const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .flatMap((file) => readFileSync(join(FOLDER, file), 'utf8').split('\n').filter(Boolean).map(readCase));
const areas = [...new Set(cases.map((c) => c.area))].sort();

/** What is wrong with the answers to a case; null when all are as recorded. */
async function check(db: Db, c: Case): Promise<string | null> {
  try {
    const got = await execute(db, c);
    if (got.answers.some((a) => Number(a.error?.code) === NOT_IMPLEMENTED)) return 'refused';
    for (const [i, want] of c.expect.entries()) {
      const why = compareAnswer(want, got.answers[i]!, !c.anyFieldOrder);
      if (why) return `op ${i}: ${why}`;
    }
    return c.after ? compareAfter(c.after, got.after, !c.anyFieldOrder) : null;
  } finally {
    await cleanUp(db, c);
  }
}

function contract(name: string, uri: () => string): void {
  describe(`the recorded contract, strictly, on ${name}`, () => {
    let client: MongoClient;
    let db: Db;
    beforeAll(async () => {
      client = await new MongoClient(uri(), { maxPoolSize: 1 }).connect();
      db = client.db(`contract_${process.pid}`);
    });
    afterAll(async () => {
      await db.dropDatabase();
      await client.close();
    });

    it.each(areas)(
      '%s',
      async (area) => {
        const wrong: string[] = [];
        for (const c of cases.filter((x) => x.area === area)) {
          const why = await check(db, c);
          if (why && !(why === 'refused' && MAY_REFUSE.has(area))) wrong.push(`${c.id}: ${why}`);
        }
        expect(wrong).toEqual([]);
      },
      60_000,
    );
  });
}

let engine: EmbeddedMongo;
beforeAll(async () => {
  engine = await startEmbeddedMongo();
});
afterAll(() => engine.close());

contract('the embedded engine', () => engine.uri);
const real = process.env.MONGODB_URL;
if (real) contract('the server of MONGODB_URL', () => real);

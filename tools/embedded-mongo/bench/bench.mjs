#!/usr/bin/env node
// Figures of the engine on this machine: node tools/embedded-mongo/bench/bench.mjs [inserts | look-up | idle ...]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';

const here = fileURLToPath(import.meta.url);
const MAIN = join(dirname(here), '..', 'dist', 'main.js');
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const ms = (n) => `${n.toFixed(2)} ms`;

async function start() {
  const data = mkdtempSync(join(tmpdir(), 'embedded-mongo-bench-'));
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', data], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [uri] = await once(createInterface(child.stdout), 'line');
  const ready = performance.now() - began;
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    rmSync(data, { recursive: true });
  };
  return { uri, ready, resident, stop };
}

const ROUNDS = 7;
const ROUND_MS = 3000;
/** A client process that has just begun spends three quarters of its time compiling the driver: that is not the engine. */
const WARM_UP_MS = 8000;

/** One of two client processes: 16 inserts in flight, and a line with the number of those acknowledged in each round. */
async function insertInRounds(uri, startAt) {
  const client = await new MongoClient(uri, { maxPoolSize: 16 }).connect();
  const collection = client.db('bench').collection('inserts');
  const end = startAt + ROUNDS * ROUND_MS;
  const counts = new Array(ROUNDS).fill(0);
  let n = 0;
  const writer = async () => {
    while (Date.now() < end) {
      await collection.insertOne(
        { n: (n += 1), at: new Date(), text: 'x'.repeat(100) },
        { writeConcern: { w: 'majority', j: true } },
      );
      const round = Math.floor((Date.now() - startAt) / ROUND_MS);
      if (round >= 0 && round < ROUNDS) counts[round] += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));
  await client.close();
  console.log(JSON.stringify(counts));
}

async function inserts() {
  const engine = await start();
  const startAt = String(Date.now() + WARM_UP_MS);
  const clients = [1, 2].map(() =>
    spawn(process.execPath, [here, 'client', engine.uri, startAt], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const [one, other] = await Promise.all(
    clients.map(async (c) => JSON.parse((await once(createInterface(c.stdout), 'line'))[0])),
  );
  const rates = one.map((n, round) => (n + other[round]) / (ROUND_MS / 1000));
  console.log(
    `acknowledged single inserts, 32 in flight, two processes: ${Math.round(median(rates))}/s (${rates.map(Math.round).join(', ')})`,
  );
  await engine.stop();
}

async function timed(rounds, run) {
  const times = [];
  for (let i = 0; i < rounds; i += 1) {
    const began = performance.now();
    await run(i);
    times.push(performance.now() - began);
  }
  return median(times);
}

async function lookUp() {
  for (const size of [1_000, 200_000]) {
    const engine = await start();
    const client = await new MongoClient(engine.uri).connect();
    const collection = client.db('bench').collection('documents');
    await collection.createIndexes([
      { key: { email: 1 }, unique: true },
      { key: { agency: 1, at: -1 } },
      { key: { 'ob.since': 1 }, sparse: true },
    ]);
    const document = (i) => ({
      email: `${i}@example.org`,
      agency: `agency ${i % 100}`,
      at: new Date(1.7e12 + ((i * 7919) % size) * 1000),
      ...(i % 4 ? {} : { ob: { since: new Date(1.7e12 + i), leaseUntil: null } }),
      text: 'x'.repeat(300),
    });
    for (let i = 0; i < size; i += 1000)
      await collection.insertMany(Array.from({ length: 1000 }, (_, k) => document(i + k)));
    const some = (i) => (i * 104_729) % size;
    const shapes = {
      'by _id': async (i) => collection.findOne({ _id: (await ids)[some(i) % 500] }),
      'by a unique field': (i) => collection.findOne({ email: `${some(i)}@example.org` }),
      '$in of 20': (i) =>
        collection
          .find({ email: { $in: Array.from({ length: 20 }, (_, k) => `${some(i + k)}@example.org`) } })
          .toArray(),
      'range, newest 10 of one agency': (i) =>
        collection
          .find({ agency: `agency ${i % 100}` })
          .sort({ at: -1 })
          .limit(10)
          .toArray(),
      'outbox: oldest 500 pending': () =>
        collection
          .find({
            'ob.since': { $gte: new Date(0) },
            $or: [{ 'ob.leaseUntil': null }, { 'ob.leaseUntil': { $lt: new Date() } }],
          })
          .sort({ 'ob.since': 1 })
          .limit(500)
          .toArray(),
      'update by a unique field': (i) => collection.updateOne({ email: `${some(i)}@example.org` }, { $inc: { n: 1 } }),
    };
    const ids = collection
      .find({}, { projection: { _id: 1 } })
      .limit(500)
      .toArray()
      .then((l) => l.map((d) => d._id));
    for (const [name, run] of Object.entries(shapes)) {
      await timed(20, run);
      console.log(`${String(size).padStart(7)} documents, ${name.padEnd(32)} ${ms(await timed(200, run))}`);
    }
    console.log(`${String(size).padStart(7)} documents, resident ${Math.round(engine.resident())} MB`);
    await client.close();
    await engine.stop();
  }
}

async function idle() {
  const times = [];
  for (let i = 0; i < 5; i += 1) {
    const engine = await start();
    times.push(engine.ready);
    if (i === 4)
      console.log(`ready after ${ms(median(times))}, resident when idle ${Math.round(engine.resident())} MB`);
    await engine.stop();
  }
}

const [what = 'all', ...rest] = process.argv.slice(2);
if (what === 'client') await insertInRounds(rest[0], Number(rest[1]));
else
  for (const [name, run] of Object.entries({ idle, inserts, 'look-up': lookUp }))
    if (what === 'all' || what === name) await run();

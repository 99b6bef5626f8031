import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'amqplib';
import { EJSON } from 'bson';
import type { Db } from 'mongodb';
import type { RecordedEvent } from '@throughline/shared/contracts';
import { ARCHIVE_STREAM, deadLetterQueue } from '@throughline/shared/messaging';
import type { AggregateDocument } from '@throughline/shared/persistence';
import { eventually } from '@throughline/shared/testing';
import { WITNESS_QUEUE, type Witnessed } from '../witness/witness.module.js';
import { CANARY, type ClientJournal } from './client-journal.js';
import type { Census, CrashRig } from './crash-rig.js';

/** A stream has no end of its own: each reading puts a mark at its end and reads up to it. */
const END_OF_ARCHIVE = 'end of archive';

/**
 * Waits until the platform is quiet, then counts, by the invariants of DESIGN 3.
 * @param poison dead letters that the test itself has caused
 * @param withinMs how long healing may take; a census of a broken platform is taken at the end of it
 */
export async function takeCensus(
  rig: CrashRig,
  journal: ClientJournal,
  { poison = 0, withinMs = 60_000 } = {},
): Promise<Census> {
  const quiet = async (): Promise<Census> => {
    const census = await count(rig, journal, poison);
    if (census.violations.length > 0) throw new Error(census.violations.slice(0, 5).join('; '));
    return census;
  };
  try {
    await eventually(quiet, { describe: 'a quiet platform', deadlineMs: withinMs });
  } catch {
    // Counted once more below: what is wrong then is the result.
  }
  const census = await count(rig, journal, poison);
  census.violations.push(...(await leaks(rig)));
  rig.census = census;
  return census;
}

async function count(rig: CrashRig, journal: ClientJournal, poison: number): Promise<Census> {
  const violations = journal.violations();
  const intake = rig.mongo.db('referral');
  const all = async <Doc>(database: Db, collection: string): Promise<Doc[]> =>
    (await database.collection(collection).find().toArray()) as unknown as Doc[];
  const referrals = await all<AggregateDocument<unknown>>(intake, 'referrals');
  const others = [
    ...(await all<AggregateDocument<unknown>>(intake, 'agencies')),
    ...(await all<AggregateDocument<unknown>>(intake, 'officers')),
  ];
  const log = await all<RecordedEvent & { subject: string }>(intake, 'event_log');
  const witnessed = await all<AggregateDocument<Witnessed>>(rig.mongo.db('witness'), 'witnessed');
  const seenOf = new Map(witnessed.map(({ _id, state }) => [_id, state.seen]));
  const acknowledged = journal.acknowledged();
  if (referrals.length !== acknowledged.length)
    violations.push(`${acknowledged.length} referrals were acknowledged, ${referrals.length} are there`);
  const ids = new Set(referrals.map(({ _id }) => _id));
  for (const id of acknowledged) if (!ids.has(id)) violations.push(`${id} was acknowledged and is not there`);

  let events = 0;
  let lost = 0;
  let doubled = 0;
  for (const { _id, eventSeq, outbox, ob } of [...referrals, ...others]) {
    events += eventSeq;
    const logged = log
      .filter(({ subject }) => subject === _id)
      .map(({ seq }) => seq)
      .sort((a, b) => a - b);
    const wanted = Array.from({ length: eventSeq }, (_, index) => index + 1);
    if (String(logged) !== String(wanted)) violations.push(`the log of ${_id} holds ${String(logged)}`);
    if (outbox.length > 0 || ob) violations.push(`the outbox of ${_id} is not empty`);
    const seen = seenOf.get(_id) ?? [];
    const distinct = new Set(seen);
    lost += wanted.filter((seq) => !distinct.has(seq)).length;
    doubled += seen.length - distinct.size;
    if (String(seen) !== String(wanted)) violations.push(`the effects of ${_id} are ${String(seen)} of ${eventSeq}`);
  }
  const letters = await deadLetters(rig);
  if (letters !== poison) violations.push(`${letters} dead letters, ${poison} were caused`);
  return { acknowledged: acknowledged.length, events, lost, doubled, violations };
}

async function deadLetters(rig: CrashRig): Promise<number> {
  const connection = await connect(rig.broker.amqpUrl);
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue(deadLetterQueue(WITNESS_QUEUE));
  await channel.close();
  await connection.close();
  return messageCount;
}

/** Everything that ever went through the exchange, from the archive stream. */
export async function readArchive(rig: CrashRig): Promise<Buffer[]> {
  const connection = await connect(rig.broker.amqpUrl);
  const channel = await connection.createChannel();
  await channel.prefetch(1_000);
  const messages: Buffer[] = [];
  const marker = `${END_OF_ARCHIVE} ${randomUUID()}`;
  channel.sendToQueue(ARCHIVE_STREAM, Buffer.from(marker));
  await new Promise<void>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error('the archive did not end within 20 s')), 20_000);
    channel
      .consume(
        ARCHIVE_STREAM,
        (message) => {
          if (!message) return;
          channel.ack(message);
          const text = message.content.toString();
          if (!text.startsWith(END_OF_ARCHIVE)) messages.push(message.content);
          if (text !== marker) return;
          clearTimeout(tooLate);
          resolve();
        },
        { arguments: { 'x-stream-offset': 'first' } },
      )
      .catch(reject);
  });
  await channel.close();
  await connection.close();
  return messages;
}

/** Looks for personal data in databases, events and logs (invariant 8). */
async function leaks(rig: CrashRig): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['referral', 'witness'])
    for (const { name: collection } of await rig.mongo.db(name).listCollections().toArray()) {
      const documents = await rig.mongo.db(name).collection(collection).find().toArray();
      if (EJSON.stringify(documents).includes(CANARY)) found.push(`personal data in ${name}.${collection}`);
    }
  if ((await readArchive(rig)).some((content) => content.includes(CANARY))) found.push('personal data in an event');
  for (const service of rig.services) {
    const { logFile, url, isStopped } = service;
    if ((await readFile(logFile, 'utf8')).includes(CANARY)) found.push(`personal data in ${logFile}`);
    if (isStopped) continue;
    await service.ready();
    const metrics = await fetch(`${url}/metrics`).then((response) => response.text());
    if (metrics.includes(CANARY)) found.push(`personal data in the metrics of ${url}`);
  }
  return found;
}

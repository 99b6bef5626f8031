import { connect } from 'amqplib';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { readArchive, takeCensus } from '../rig/census.js';
import { ClientJournal } from '../rig/client-journal.js';
import { crashRig, type CrashRig } from '../rig/crash-rig.js';
import { WITNESS_QUEUE } from '../witness/witness.module.js';

let rig: CrashRig;
beforeAll(async () => {
  rig = await crashRig();
}, 120_000);
afterAll(() => rig.close(), 120_000);

it('sets poison aside, ignores duplicates, and repairs a subscriber that came late', async () => {
  const journal = new ClientJournal(rig.issuer);
  const referral = await rig.startReferral();
  await rig.enrol(referral);
  // Nobody listens yet: these events reach the archive alone, and the subscriber asks for them when it comes.
  await journal.submit(10, 5, () => referral.url);
  await rig.startWitness();

  const connection = await connect(rig.broker.amqpUrl);
  const channel = await connection.createConfirmChannel();
  const poison = [
    '',
    'not json',
    '{}',
    '[1]',
    '{"specversion":"1.0","id":"x"}',
    JSON.stringify({ a: 'x'.repeat(100_000) }),
  ];
  for (const text of poison) channel.sendToQueue(WITNESS_QUEUE, Buffer.from(text));
  await channel.waitForConfirms();
  const asking = journal.submit(60, 6, () => referral.url);
  for (let round = 0; round < 3; round += 1)
    for (const content of await readArchive(rig)) channel.publish(EVENTS_EXCHANGE, 'referral.again.v1', content);
  await channel.waitForConfirms();
  await asking;
  await channel.close();
  await connection.close();
  expect(await takeCensus(rig, journal, { poison: poison.length })).toMatchObject({
    acknowledged: 70,
    lost: 0,
    doubled: 0,
    violations: [],
  });
}, 180_000);

import { randomBytes } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import { takeCensus } from '../rig/census.js';
import { ClientJournal } from '../rig/client-journal.js';
import { AGENCY, crashRig, OFFICER, type CrashRig } from '../rig/crash-rig.js';
import type { ServiceProcess } from '../rig/service-process.js';
import { withoutSubscribers } from '../rig/topology-cut.js';

let rig: CrashRig;
let journal: ClientJournal;
let referral: ServiceProcess;

beforeAll(async () => {
  rig = await crashRig();
  journal = new ClientJournal(rig.issuer);
  referral = await rig.startReferral();
  await rig.startWitness();
  await rig.enrol(referral);
}, 120_000);
afterAll(() => rig.close(), 120_000);

const officerToken = () => rig.issuer.token({ sub: OFFICER, roles: ['officer'], agency: AGENCY }, { expiresIn: 3_600 });
/** How many events came back to that process unroutable. */
async function returnedSoFar(): Promise<number> {
  const metrics = await (await fetch(`${referral.url}/metrics`)).text();
  return Number(/throughline_outbox_failures_total\{[^}]*outcome="returned"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}
const clean = { lost: 0, doubled: 0, violations: [] };

it('takes referrals without a broker, and delivers them when it is back', async () => {
  await rig.kill('broker');
  const token = await officerToken();
  for (let one = 0; one < 10; one += 1) {
    const { status } = await journal.attempt(randomBytes(8).toString('hex'), token, () => referral.url);
    expect(status).toBe(201);
  }
  await rig.broker.restart();
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('says 503 with Retry-After without a database, and carries the same key out once when it is back', async () => {
  const token = await officerToken();
  const key = randomBytes(8).toString('hex');
  await rig.kill('database');
  const refused = await journal.attempt(key, token, () => referral.url);
  expect(refused.status).toBe(503);
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  await rig.database.restart();
  await referral.ready();
  await journal.untilAnswered(key, token, () => referral.url);
  expect((await journal.attempt(key, token, () => referral.url)).status).toBe(201);
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('survives the death of the broker under load', async () => {
  const asking = journal.submit(150, 6, () => referral.url);
  await rig.kill('broker');
  await rig.broker.restart();
  await asking;
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('survives the death of the database under load', async () => {
  const asking = journal.submit(150, 6, () => referral.url);
  await rig.kill('database');
  await rig.database.restart();
  await asking;
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('survives the death of everything at once', async () => {
  const asking = journal.submit(150, 6, () => referral.url);
  await Promise.all([rig.kill('broker'), rig.kill('database'), ...rig.services.map((service) => service.kill())]);
  await Promise.all([rig.broker.restart(), rig.database.restart()]);
  await asking;
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('keeps the events that no queue would take, and sends them when the topology is mended', async () => {
  const before = await returnedSoFar();
  await withoutSubscribers(rig, async () => {
    await journal.submit(20, 5, () => referral.url);
    await eventually(async () => expect(await returnedSoFar()).toBeGreaterThan(before), {
      describe: 'events come back',
    });
  });
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

it('drains within its grace at SIGTERM under load, and leaves nothing behind', async () => {
  const leaving = await rig.startReferral();
  let open = true;
  const asking = journal.submit(80, 6, () => (open && Math.random() < 0.5 ? leaving.url : referral.url));
  const drained = await leaving.stop();
  open = false;
  await asking;
  expect(drained).toBe(true);
  expect(await takeCensus(rig, journal)).toMatchObject(clean);
}, 180_000);

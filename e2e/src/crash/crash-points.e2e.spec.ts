import { setTimeout as pause } from 'node:timers/promises';
import { takeCensus } from '../rig/census.js';
import { ClientJournal, type Door } from '../rig/client-journal.js';
import { crashRig, type CrashRig } from '../rig/crash-rig.js';
import type { ServiceProcess } from '../rig/service-process.js';

let rig: CrashRig;
let journal: ClientJournal;
let steady: ServiceProcess;

beforeAll(async () => {
  rig = await crashRig();
  journal = new ClientJournal(rig.issuer);
  steady = await rig.startReferral();
  await rig.startWitness();
  await rig.enrol(steady);
}, 120_000);
afterAll(() => rig.close(), 120_000);

/** Replicas of one test, which leave at its end however it went. */
const temporary: ServiceProcess[] = [];
const whileTestRuns = async (starting: Promise<ServiceProcess>): Promise<ServiceProcess> => {
  const service = await starting;
  temporary.push(service);
  return service;
};
afterEach(async () => {
  for (const service of temporary.splice(0)) await service.stop();
}, 60_000);

const alternating = (...services: ServiceProcess[]): Door => {
  let next = 0;
  return () => services[(next += 1) % services.length]!.url;
};

const steps = [
  ['C1', 'written, not yet answered'],
  ['C2', 'answered, relay not yet nudged'],
  ['C3', 'claimed'],
  ['C4', 'logged, not yet published'],
  ['C5', 'published and confirmed, not yet pulled'],
  ['C6', 'pulled, claim not yet cleared'],
] as const;

describe.each(steps)('intake is killed at %s: %s', (point) => {
  it('loses nothing, doubles nothing, leaks nothing', async () => {
    const doomed = await whileTestRuns(rig.startReferral({ THROUGHLINE_FAULT: `${point}:SIGKILL@2` }));
    await journal.submitUntilDeathOf(doomed, alternating(doomed, steady));
    expect(await takeCensus(rig, journal)).toMatchObject({ lost: 0, doubled: 0, violations: [] });
  }, 180_000);
});

describe('a subscriber is killed at C7: effect written, not yet acknowledged', () => {
  it('writes no effect twice', async () => {
    const doomed = await whileTestRuns(rig.startWitness({ THROUGHLINE_FAULT: 'C7:SIGKILL@5' }));
    await journal.submitUntilDeathOf(doomed, () => steady.url);
    expect(await takeCensus(rig, journal)).toMatchObject({ lost: 0, doubled: 0, violations: [] });
  }, 180_000);
});

describe.each(['C3', 'C4', 'C5', 'C6'])('one of three relays stalls beyond its lease at %s', (point) => {
  it('is taken over, and does no harm when it wakes', async () => {
    const stalled = await whileTestRuns(rig.startReferral({ THROUGHLINE_FAULT: `${point}:SIGSTOP@1` }));
    const third = await whileTestRuns(rig.startReferral());
    // A stalled replica answers nobody: its clients go elsewhere, with the same keys.
    const asking = journal.submit(45, 9, alternating(stalled, steady, third));
    await pause(4_000);
    stalled.resume();
    await asking;
    expect(await takeCensus(rig, journal)).toMatchObject({ lost: 0, doubled: 0, violations: [] });
  }, 180_000);
});

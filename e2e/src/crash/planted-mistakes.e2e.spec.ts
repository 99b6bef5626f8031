import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { eventually } from '@throughline/shared/testing';
import { takeCensus } from '../rig/census.js';
import { ClientJournal } from '../rig/client-journal.js';
import { crashRig, type Census, type CrashRig } from '../rig/crash-rig.js';
import { withoutSubscribers } from '../rig/topology-cut.js';

/** A platform of its own for each mistake, since it stays broken. */
let rig: CrashRig;
let journal: ClientJournal;
beforeEach(async () => {
  rig = await crashRig();
  journal = new ClientJournal(rig.issuer);
}, 120_000);
afterEach(() => rig.close(), 120_000);

const plant = (mistake: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'plant-mistake.mjs')).href}`,
  MISTAKE: mistake,
});
/** Longer than all retry rungs of the rig together: what is missing then does not come any more. */
const census = (): Promise<Census> => takeCensus(rig, journal, { withinMs: 6_000 });

describe('the crash tests fail when somebody', () => {
  it('pulls events out of the outbox that the broker never confirmed', async () => {
    const referral = await rig.startReferral(plant('pull-what-was-not-confirmed'));
    // A new subscriber asks for everything that it missed, soon and once more later. This one is not new any more.
    await (await rig.startWitness()).stop();
    await rig.startWitness();
    await rig.enrol(referral);
    const referrals = rig.mongo.db('referral').collection('referrals');
    await withoutSubscribers(rig, async () => {
      await journal.submit(20, 5, () => referral.url);
      // The relay comes after the answer: what it published once the queues are back would not be lost.
      await eventually(async () => expect(await referrals.countDocuments({ ob: { $exists: true } })).toBe(0), {
        describe: 'the relay has pulled everything',
      });
    });
    expect((await census()).lost).toBeGreaterThan(0);
  }, 240_000);

  it('applies what was applied already', async () => {
    const referral = await rig.startReferral({ THROUGHLINE_FAULT: 'C5:SIGKILL@2' });
    await rig.startWitness(plant('apply-what-was-applied'));
    const steady = await rig.startReferral();
    await rig.enrol(steady);
    await journal.submitUntilDeathOf(referral, () => (Math.random() < 0.5 ? referral.url : steady.url));
    expect((await census()).doubled).toBeGreaterThan(0);
  }, 240_000);

  it('acknowledges a message before its effect is written', async () => {
    const referral = await rig.startReferral();
    // Not a new subscriber either: what that asks for once more would bring back what is lost here.
    await (await rig.startWitness()).stop();
    const witness = await rig.startWitness(plant('acknowledge-first'));
    await rig.enrol(referral);
    const asking = journal.submit(200, 12, () => referral.url);
    // An effect comes 300 ms after its acknowledgement: where some have come and many have not, some are in between.
    const effects = rig.mongo.db('witness').collection('witnessed');
    while ((await effects.countDocuments()) < 20) await new Promise((resolve) => setImmediate(resolve));
    await witness.kill();
    await asking;
    expect((await census()).lost).toBeGreaterThan(0);
  }, 240_000);
});

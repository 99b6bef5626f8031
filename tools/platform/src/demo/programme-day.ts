import { enrol } from './agencies.js';
import type { Api } from './api.js';
import { workOnCase } from './case-work.js';
import { changeDirectory } from './directory-change.js';
import { endCase } from './end-of-case.js';
import { tellPoliceByConsent } from './police-and-consent.js';
import { referAndDecide } from './referral-and-decision.js';
import { referSamePerson } from './second-officer.js';
import { Telling } from './telling.js';

/** What came of the day, for whoever wants to look at it. */
export interface ProgrammeDay {
  playedAt: string;
  referralId: string;
  caseId: string;
  linkageId: string;
}

/**
 * Plays one day of a programme through the public APIs alone, each step told on screen: who does what, and the answer.
 * A step that is not answered as the programme's rules say is a Problem. Nothing in it is real but the service that
 * the client is linked to. It can be played again on the same data: every day brings another person.
 */
export async function playProgrammeDay(
  api: Api,
  { say, signal }: { say: (line: string) => void; signal?: AbortSignal },
): Promise<ProgrammeDay> {
  const telling = new Telling(say, signal);
  await telling.step('The administrator', 'enrols two police agencies and an officer of each', async () => {
    await enrol(api, 'santa-fe-pd', 'Santa Fe Police Department', 'officer');
    await enrol(api, 'espanola-pd', 'Española Police Department', 'officer-2');
    return [undefined, 'enrolled: santa-fe-pd, espanola-pd'];
  });
  const { referral, referralId, caseId } = await referAndDecide(api, telling);
  await referSamePerson(api, telling, referral, referralId);
  const linkageId = await workOnCase(api, telling, caseId);
  await changeDirectory(api, telling);
  await tellPoliceByConsent(api, telling, { referralId, caseId });
  await endCase(api, telling, { referralId, caseId });
  await telling.step('The analyst', 'reads the funnel, made of events alone', async () => {
    const report = await telling.eventually(
      'the funnel shows a completed service and the end of its case',
      async () => {
        const { body } = await api.call<{
          stages: { stage: string; count: number }[];
          casesEnded: { transitioned: number };
        }>({ as: 'analyst', service: 'reporting', path: '/v1/reports/funnel', expect: 200 });
        return body.stages.at(-1)!.count > 0 && body.casesEnded.transitioned > 0 ? body : undefined;
      },
    );
    const stages = report.stages.map(({ stage, count: people }) => `${stage} ${people}`).join(', ');
    return [undefined, `${stages}; cases transitioned ${report.casesEnded.transitioned}`];
  });
  return { playedAt: new Date().toISOString(), referralId, caseId, linkageId };
}

import { until } from '../infrastructure/deadline.js';
import { Problem } from '../problem.js';
import { subjectOf } from '../identity-provider/personas.js';
import { enrol } from './agencies.js';
import type { Answer, Api } from './api.js';
import { inventedReferral } from './invented-referral.js';

/** What came of the day, for whoever wants to look at it. */
export interface ProgrammeDay {
  playedAt: string;
  referralId: string;
  caseId: string;
  linkageId: string;
}

interface Telling {
  say: (line: string) => void;
  signal?: AbortSignal;
}

interface LinkageView {
  id: string;
  status: string;
}

const EVENTS_WITHIN_MS = 30_000;
const MINUTE = 60_000;
const SERVICE = 'Blank Slate Records Project';

/**
 * Plays one day of a programme through the public APIs alone, each step told on screen: who does what, and the answer.
 * A step that is not answered as the programme's rules say is a Problem. Nothing in it is real but the service that
 * the client is linked to. It can be played again on the same data: every day brings another person.
 */
export async function playProgrammeDay(api: Api, { say, signal }: Telling): Promise<ProgrammeDay> {
  let count = 0;
  const step = async <T>(who: string, what: string, act: () => Promise<[T, string]>): Promise<T> => {
    signal?.throwIfAborted();
    say(`${String(++count).padStart(2)}. ${who} ${what}`);
    const [result, answer] = await act();
    say(`      -> ${answer}`);
    return result;
  };
  /** Other services learn of things by events: asks again until the answer shows it. */
  const eventually = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> =>
    until(
      async () => {
        const found = await ask();
        if (found === undefined) throw new Problem('not yet');
        return found;
      },
      { withinMs: EVENTS_WITHIN_MS, what, ...(signal && { signal }) },
    );
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString();

  await step('The administrator', 'enrols two police agencies and an officer of each', async () => {
    await enrol(api, 'santa-fe-pd', 'Santa Fe Police Department', 'officer');
    await enrol(api, 'espanola-pd', 'Española Police Department', 'officer-2');
    return [undefined, 'enrolled: santa-fe-pd, espanola-pd'];
  });

  const referral = inventedReferral(minutesAgo(95));
  await step('A mother', 'refers her son, with the token of a helpful officer', async () => {
    const { status, body } = await api.call<{ type: string; detail: string }>({
      as: 'officer',
      service: 'referral',
      path: '/v1/referrals',
      body: { ...referral, source: 'family' },
      expect: 422,
    });
    return [undefined, `${status} ${slug(body.type)}: ${body.detail}`];
  });

  const referralId = await step(
    'The officer',
    `refers a person who was caught shoplifting (23C), ${referral.incidentNumber}, instead of booking them`,
    async () => {
      const { status, body } = await api.call<{ id: string; status: string }>({
        as: 'officer',
        service: 'referral',
        path: '/v1/referrals',
        body: referral,
        expect: 201,
      });
      return [body.id, `${status} ${body.status}: referral ${body.id}`];
    },
  );

  await step('The officer of the other agency', 'asks for that referral', async () => {
    const { status } = await api.call({
      as: 'officer-2',
      service: 'referral',
      path: `/v1/referrals/${referralId}`,
      expect: 404,
    });
    return [undefined, `${status}: another agency's referrals are not there for him`];
  });

  const seen = await step('The prosecutor', 'opens the worklist, and the referral with its criteria', async () => {
    await eventually('the referral is on the worklist', async () => {
      const { body } = await api.call<{ items: { id: string }[] }>({
        as: 'prosecutor',
        service: 'referral',
        path: '/v1/referrals?state=pending-decision&limit=100',
        expect: 200,
      });
      return body.items.find(({ id }) => id === referralId);
    });
    const answer = await api.call<{ evaluations: { criteria: { verdict: string }[]; outcome: string }[] }>({
      as: 'prosecutor',
      service: 'referral',
      path: `/v1/referrals/${referralId}`,
      expect: 200,
    });
    const { criteria, outcome } = answer.body.evaluations.at(-1)!;
    const met = criteria.filter(({ verdict }) => verdict === 'met').length;
    return [answer, `${answer.status} ${outcome}: ${met} of ${criteria.length} criteria met`];
  });

  await step('The prosecutor', 'accepts it: services instead of a charge', async () => {
    const { status, body } = await api.call<{ state: string }>({
      as: 'prosecutor',
      service: 'referral',
      path: `/v1/referrals/${referralId}/decision`,
      body: { decision: 'accepted', reasons: ['meets-criteria'] },
      ifMatch: etagOf(seen),
      expect: 200,
    });
    return [undefined, `${status} ${body.state}`];
  });

  const caseId = await step(
    'Case management',
    'opens a case, told by an event with the identity sealed in it',
    async () => {
      const opened = await eventually('a case is open for the referral', async () => {
        const { body } = await api.call<{ items: { id: string; referrals: { referralId: string }[] }[] }>({
          as: 'coordinator',
          service: 'case-management',
          path: '/v1/cases?state=opened&limit=100',
          expect: 200,
        });
        return body.items.find(({ referrals }) => referrals.some((each) => each.referralId === referralId));
      });
      return [opened.id, `opened: case ${opened.id}`];
    },
  );

  const readCase = () =>
    api.call<{ identity: { givenName: string } }>({
      as: 'coordinator',
      service: 'case-management',
      path: `/v1/cases/${caseId}`,
      expect: 200,
    });

  await step('The coordinator', 'assigns a case manager', async () => {
    const { status, body } = await api.call<{ caseload: { count: number; limit: number } }>({
      as: 'coordinator',
      service: 'case-management',
      path: `/v1/cases/${caseId}/assignment`,
      body: { caseManagerId: subjectOf('case-manager') },
      ifMatch: etagOf(await readCase()),
      expect: 200,
    });
    return [undefined, `${status} caseload ${body.caseload.count} of ${body.caseload.limit}`];
  });

  await step('The other case manager', 'asks for the case', async () => {
    const { status } = await api.call({
      as: 'case-manager-2',
      service: 'case-management',
      path: `/v1/cases/${caseId}`,
      expect: 404,
    });
    return [undefined, `${status}: it is not hers`];
  });

  const asCaseManager = <Body>(path: string, body: object, expect: number): Promise<Answer<Body>> =>
    api.call<Body>({
      as: 'case-manager',
      service: 'case-management',
      path: `/v1/cases/${caseId}/${path}`,
      body,
      expect,
    });

  await step('The case manager', 'meets the client where they are, and completes the intake', async () => {
    await asCaseManager('contacts', { occurredAt: minutesAgo(40), mode: 'in-person', reached: true }, 201);
    const { status, body } = await asCaseManager<{ state: string }>('intake', { completedAt: minutesAgo(5) }, 200);
    return [undefined, `${status} ${body.state}`];
  });

  const needId = await step('The case manager', "records a need, in the client's own words", async () => {
    const goal = 'I want my old record cleared so that I can apply for work.';
    const { status, body } = await asCaseManager<{ id: string; category: string }>(
      'needs',
      { category: 'legal', goal },
      201,
    );
    return [body.id, `${status} need: ${body.category}`];
  });

  const linkageId = await step(
    'The case manager',
    'finds a real service in the directory, and asks it for help',
    async () => {
      const service = await eventually(`${SERVICE} is known to case management`, async () => {
        const { body } = await api.call<{ items: { id: string; name: string; organizationName: string }[] }>({
          as: 'case-manager',
          service: 'case-management',
          path: `/v1/services?search=${encodeURIComponent(SERVICE)}`,
          expect: 200,
        });
        return body.items.find(({ name }) => name === SERVICE);
      });
      const { status, body } = await asCaseManager<LinkageView>('linkages', { needId, serviceId: service.id }, 201);
      return [body.id, `${status} ${body.status}: ${service.name}, ${service.organizationName}`];
    },
  );

  await step('A provider of another organization', 'looks at its requests', async () => {
    const { body } = await api.call<{ items: LinkageView[] }>({
      as: 'provider-2',
      service: 'case-management',
      path: '/v1/linkages?limit=100',
      expect: 200,
    });
    if (body.items.some(({ id }) => id === linkageId))
      throw new Problem('A provider sees the request of another organization.');
    return [undefined, 'the request is not among them'];
  });

  await step('The provider', 'accepts, and completes the service', async () => {
    const path = `/v1/linkages/${linkageId}`;
    for (const body of [{ status: 'accepted' }, { status: 'completed', outcome: 'need-met' }]) {
      const seen = await api.call({ as: 'provider', service: 'case-management', path, expect: 200 });
      const request = {
        as: 'provider',
        service: 'case-management',
        path: `${path}/status`,
        body,
        ifMatch: etagOf(seen),
      } as const;
      await api.call({ ...request, expect: 200 });
    }
    return [undefined, 'completed: need-met'];
  });

  await step('The officer', 'reads what police may know of the referral', async () => {
    const { status, body } = await api.call<{ status: string }>({
      as: 'officer',
      service: 'referral',
      path: `/v1/referrals/${referralId}`,
      expect: 200,
    });
    if ('state' in body) throw new Problem('The officer is told the state of the referral.');
    return [undefined, `${status} ${body.status}, and nothing else`];
  });

  await step('The officer', 'tries to read the case', async () => {
    const { status } = await api.call({
      as: 'officer',
      service: 'case-management',
      path: `/v1/cases/${caseId}`,
      expect: 404,
    });
    return [undefined, `${status}: to the police there is no such thing`];
  });

  await step('The analyst', 'reads the funnel, made of events alone', async () => {
    const stages = await eventually('the funnel shows a completed service', async () => {
      const { body } = await api.call<{ stages: { stage: string; count: number }[] }>({
        as: 'analyst',
        service: 'reporting',
        path: '/v1/reports/funnel',
        expect: 200,
      });
      return body.stages.at(-1)!.count > 0 ? body.stages : undefined;
    });
    return [undefined, stages.map(({ stage, count: people }) => `${stage} ${people}`).join(', ')];
  });
  return { playedAt: new Date().toISOString(), referralId, caseId, linkageId };
}

const slug = (type: string): string => type.slice(type.lastIndexOf('/') + 1);

function etagOf({ etag }: Answer<unknown>): string {
  if (!etag) throw new Problem('The answer carries no ETag, which the next step needs.');
  return etag;
}

import { subjectOf } from '../identity-provider/personas.js';
import { Problem } from '../problem.js';
import type { Answer, Api } from './api.js';
import { etagOf, minutesAgo, type Telling } from './telling.js';

interface LinkageView {
  id: string;
  status: string;
}

interface SearchAnswer {
  items: { service: { id: string; name: string; organization: { name: string } }; why: { reason: string }[] }[];
}

const SERVICE = 'Blank Slate Records Project';
/** As somebody types it at a kitchen table. */
const TYPED = 'blank slate recrods';

/** From the first meeting to a service that was completed: answers what links the need to the service. */
export async function workOnCase(api: Api, telling: Telling, caseId: string): Promise<string> {
  const readCase = () =>
    api.call<{ identity: { givenName: string } }>({
      as: 'coordinator',
      service: 'case-management',
      path: `/v1/cases/${caseId}`,
      expect: 200,
    });

  await telling.step('The coordinator', 'assigns a case manager', async () => {
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

  await telling.step('The other case manager', 'asks for the case', async () => {
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

  await telling.step('The case manager', 'meets the client where they are, and completes the intake', async () => {
    await asCaseManager('contacts', { occurredAt: minutesAgo(40), mode: 'in-person', reached: true }, 201);
    const { status, body } = await asCaseManager<{ state: string }>('intake', { completedAt: minutesAgo(5) }, 200);
    return [undefined, `${status} ${body.state}`];
  });

  const needId = await telling.step('The case manager', "records a need, in the client's own words", async () => {
    const goal = 'I want my old record cleared so that I can apply for work.';
    const { status, body } = await asCaseManager<{ id: string; category: string }>(
      'needs',
      { category: 'legal', goal },
      201,
    );
    return [body.id, `${status} need: ${body.category}`];
  });

  const serviceId = await telling.step(
    'The case manager',
    `searches the directory for "${TYPED}", in a hurry`,
    async () => {
      const hit = await telling.eventually(`the search finds ${SERVICE}`, async () => {
        const { status, body } = await api.call<SearchAnswer>({
          service: 'services-directory',
          path: `/v1/search?text=${encodeURIComponent(TYPED)}`,
          expect: [200, 503],
        });
        return status === 200 ? body.items.find(({ service: { name } }) => name === SERVICE) : undefined;
      });
      const { name, organization } = hit.service;
      return [hit.service.id, `${name}, ${organization.name}: ${hit.why[0]?.reason ?? 'found'}`];
    },
  );

  const linkageId = await telling.step('The case manager', 'asks that service for help', async () => {
    await telling.eventually(`${SERVICE} is known to case management`, async () => {
      const { body } = await api.call<{ items: { id: string }[] }>({
        as: 'case-manager',
        service: 'case-management',
        path: `/v1/services?search=${encodeURIComponent(SERVICE)}`,
        expect: 200,
      });
      return body.items.find(({ id }) => id === serviceId);
    });
    const { status, body } = await asCaseManager<LinkageView>('linkages', { needId, serviceId }, 201);
    return [body.id, `${status} ${body.status}: ${SERVICE}`];
  });

  await telling.step('A provider of another organization', 'looks at its requests', async () => {
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

  await telling.step('The provider', 'accepts, and completes the service', async () => {
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
  return linkageId;
}

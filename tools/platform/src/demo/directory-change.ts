import { personas } from '../identity-provider/personas.js';
import { Problem } from '../problem.js';
import type { Answer, Api } from './api.js';
import { etagOf, type Telling } from './telling.js';

interface DraftView {
  id: string;
  status: string;
}

/** The provider proposes a change of a service of its organization, which the coordinator publishes, and counts its room. */
export async function changeDirectory(api: Api, telling: Telling): Promise<void> {
  const service = 'services-directory';
  const act = (as: string, what: string, seen: Answer<DraftView>, body?: object) =>
    api.call<DraftView>({
      as,
      service,
      method: 'POST',
      path: `/v1/drafts/${seen.body.id}/${what}`,
      ...(body && { body }),
      ifMatch: etagOf(seen),
      expect: 200,
    });
  const organization = personas.find(({ name }) => name === 'provider')!.organization!;
  const alert = `Walk-in hours today, ${new Date().toISOString().slice(0, 10)}`;

  const { recordId, submitted } = await telling.step(
    'The provider',
    'proposes a note for its entry in the directory',
    async () => {
      const { body: list } = await api.call<{ contents: { id: string }[] }>({
        service,
        path: `/hsds/services?organization_id=${organization}&per_page=1`,
        expect: 200,
      });
      const recordId = list.contents[0]?.id;
      if (!recordId) throw new Problem('The directory has no service of the organization of the provider.');
      const { body: record } = await api.call<{ revision: string; content: object }>({
        as: 'provider',
        service,
        path: `/v1/services/${recordId}`,
        expect: 200,
      });
      const body = { kind: 'service', recordId, revision: record.revision, content: { ...record.content, alert } };
      const draft = await api.call<DraftView>({ as: 'provider', service, path: '/v1/drafts', body, expect: 201 });
      const submitted = await act('provider', 'submission', draft);
      return [{ recordId, submitted }, `${submitted.status} ${submitted.body.status}: "${alert}"`];
    },
  );

  await telling.step('The coordinator', 'reviews and publishes it, and everybody reads it', async () => {
    const { status, body } = await act('coordinator', 'review', submitted, { decision: 'approve' });
    const path = `/hsds/services/${recordId}`;
    const { body: shown } = await api.call<{ name: string; alert?: string }>({ service, path, expect: 200 });
    if (shown.alert !== alert) throw new Problem('The directory does not show what was published.');
    return [undefined, `${status} ${body.status}: ${shown.name}`];
  });

  await telling.step('The provider', 'counts its free places, and a search for room finds them', async () => {
    const path = `/v1/services/${recordId}/capacity`;
    const seen = await api.call({ as: 'provider', service, path, expect: 200 });
    const places = { unit: { name: 'places' }, available: 3, maximum: 12 };
    await api.call({
      as: 'provider',
      service,
      method: 'PUT',
      path,
      body: { capacities: [places] },
      ifMatch: etagOf(seen),
      expect: 200,
    });
    const name = await telling.eventually('the search finds room at that service', async () => {
      const { body } = await api.call<{ items: { service: { id: string; name: string } }[] }>({
        service,
        path: `/v1/search?organization=${organization}&capacity=available`,
        expect: 200,
      });
      return body.items.find((item) => item.service.id === recordId)?.service.name;
    });
    return [undefined, `${places.available} of ${places.maximum} places free: ${name}`];
  });
}

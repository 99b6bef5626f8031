import { openApiOf } from '@throughline/shared/http';
import { referralService } from './referral.module.js';

type Operation = { 'x-roles'?: string[]; parameters?: { name: string }[] };

/** Who reads what is published. */
const READERS = ['officer', 'supervisor', 'prosecutor', 'coordinator', 'case-manager', 'analyst', 'auditor', 'admin'];

describe('the API', () => {
  it('opens each route to those of the programme who need it, and each POST takes an idempotency key', async () => {
    const { paths } = await openApiOf(referralService);
    const routes = Object.entries(paths)
      .filter(([path]) => /^\/v1\/(referrals|agencies|officers|criteria|sites|ruleset)/.test(path))
      .flatMap(([path, item]) =>
        Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
      );
    expect(
      Object.fromEntries(routes.map(({ path, method, operation }) => [`${method} ${path}`, operation['x-roles']])),
    ).toEqual({
      'post /v1/agencies': ['admin'],
      'put /v1/agencies/{agencyId}/site': ['admin'],
      'get /v1/agencies/{agencyId}/feedback': ['supervisor'],
      'get /v1/officers/me/referrals': ['officer'],
      'post /v1/agencies/{agencyId}/officers': ['admin', 'supervisor'],
      'post /v1/agencies/{agencyId}/officers/import': ['admin', 'supervisor'],
      'post /v1/agencies/{agencyId}/departures': ['admin', 'supervisor'],
      'post /v1/agencies/{agencyId}/transfers': ['admin'],
      'get /v1/agencies/{agencyId}': ['admin', 'supervisor', 'officer', 'prosecutor', 'coordinator'],
      'get /v1/agencies/{agencyId}/officers': ['admin', 'supervisor'],
      'get /v1/criteria': READERS,
      'get /v1/rulesets': READERS,
      'get /v1/rulesets/{rulesetId}/versions': READERS,
      'get /v1/rulesets/{rulesetId}/versions/{version}': READERS,
      'get /v1/ruleset-presets': ['prosecutor', 'admin'],
      'post /v1/rulesets/{rulesetId}/drafts': ['prosecutor', 'admin'],
      'get /v1/rulesets/{rulesetId}/drafts': ['prosecutor', 'admin'],
      'get /v1/rulesets/{rulesetId}/drafts/{draftId}': ['prosecutor', 'admin'],
      'put /v1/rulesets/{rulesetId}/drafts/{draftId}': ['prosecutor', 'admin'],
      'delete /v1/rulesets/{rulesetId}/drafts/{draftId}': ['prosecutor', 'admin'],
      'post /v1/rulesets/{rulesetId}/drafts/{draftId}/publish': ['prosecutor'],
      'post /v1/rulesets/{rulesetId}/drafts/{draftId}/what-if': ['prosecutor'],
      'post /v1/sites': ['admin'],
      'get /v1/sites': ['admin', 'prosecutor', 'coordinator', 'auditor'],
      'get /v1/sites/{siteId}': ['admin', 'prosecutor', 'coordinator', 'auditor'],
      'get /v1/sites/{siteId}/policies': ['admin', 'prosecutor', 'coordinator', 'auditor'],
      'put /v1/sites/{siteId}/policy': ['admin', 'prosecutor'],
      'get /v1/sites/{siteId}/capacity': ['prosecutor', 'coordinator', 'admin'],
      'get /v1/sites/{siteId}/waiting': ['prosecutor', 'coordinator'],
      'post /v1/referrals': ['officer'],
      'get /v1/referrals': ['prosecutor', 'coordinator'],
      'get /v1/referrals/counts': ['prosecutor', 'coordinator'],
      'get /v1/referrals/{id}': ['officer', 'prosecutor', 'coordinator'],
      'post /v1/referrals/{id}/information': ['officer', 'coordinator'],
      'get /v1/referrals/{id}/candidates': ['coordinator'],
      'get /v1/referrals/{id}/links': ['coordinator', 'prosecutor'],
      'put /v1/referrals/{id}/links/{otherId}': ['coordinator'],
      'delete /v1/referrals/{id}/links/{otherId}': ['coordinator'],
      'post /v1/referrals/{id}/decision': ['prosecutor'],
      'post /v1/referrals/{id}/withdrawal': ['officer', 'prosecutor', 'coordinator'],
      'post /v1/referrals/{id}/declined-by-person': ['coordinator'],
      'post /v1/referrals/{id}/unable-to-contact': ['coordinator'],
      'post /v1/referrals/{id}/expired': ['coordinator'],
      'post /v1/referrals/{id}/duplicate': ['coordinator'],
      'post /v1/referrals/{id}/entered-in-error': ['coordinator'],
      'post /v1/referrals/{id}/closed': ['coordinator'],
      'post /v1/referrals/{id}/age-confirmation': ['coordinator'],
      'post /v1/referrals/{id}/birth-date': ['coordinator'],
      'post /v1/referrals/{id}/approvals': ['prosecutor', 'coordinator'],
      'post /v1/referrals/{id}/rescission': ['prosecutor'],
      'post /v1/referrals/{id}/charges': ['prosecutor'],
      'post /v1/referrals/{id}/hold/extension': ['prosecutor'],
      'post /v1/referrals/{id}/hold/resolution': ['prosecutor'],
      'post /v1/referrals/{id}/erasure': ['coordinator'],
    });
    for (const { path, method, operation } of routes)
      expect(operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false).toBe(
        // a question, which changes nothing
        method === 'post' && !path.endsWith('/what-if'),
      );
  });

  it('describes what not everybody sends: the file of a roster, and the version that officers are not shown', async () => {
    const { paths } = (await openApiOf(referralService)) as unknown as {
      paths: Record<string, { post: { requestBody: unknown; parameters: object[]; responses: object } }>;
    };
    const roster = paths['/v1/agencies/{agencyId}/officers/import']?.post;
    expect(roster?.requestBody).toMatchObject({ content: { 'text/csv': { schema: { type: 'string' } } } });
    expect(Object.keys(roster?.responses ?? {})).toEqual(expect.arrayContaining(['409', '413', '415', '422']));
    const withdrawal = paths['/v1/referrals/{id}/withdrawal']?.post;
    expect(withdrawal?.parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', required: false }));
    expect(Object.keys(withdrawal?.responses ?? {})).toEqual(expect.arrayContaining(['409', '412', '428']));
  });

  it('has no field for a source of information or for intelligence', async () => {
    const { components } = await openApiOf(referralService);
    const { source, ...fields } = (components?.schemas?.['ReferralRequest'] as { properties: Record<string, object> })
      .properties;
    expect(source).toMatchObject({ enum: ['law-enforcement', 'community'] });
    expect(Object.keys(fields).sort()).toEqual([
      'basisOfBelief',
      'correctsReferralId',
      'district',
      'facts',
      'handOffAt',
      'incidentNumber',
      'occurredAt',
      'offenses',
      'pathway',
      'person',
      'personAgrees',
      'place',
      'previousReferralId',
      'substances',
    ]);
  });
});

import { Refusal } from '@throughline/shared/domain';
import { assertNoParameters, readFullService, readListQuery } from './list-query.js';

const readServiceQuery = (...sources: Record<string, unknown>[]) => readListQuery('services', ...sources);

const ID = '534c8b51-362f-5ebb-9c41-f3d18986b127';

describe('the query of a list', () => {
  it('asks for the first fifty where nothing is said', () => {
    expect(readServiceQuery({})).toEqual({ page: 1, perPage: 50, format: 'json', view: 'list' });
  });

  it('reads every parameter of the official list', () => {
    const query = readServiceQuery({
      search: 'Legal  aid, legal',
      page: '3',
      per_page: '20',
      format: 'json',
      taxonomy_term_id: ID.toUpperCase(),
      taxonomy_id: ID,
      organization_id: ID,
      modified_after: '2026-01-05T10:00:00Z',
      minimal: 'false',
      full: 'true',
    });
    expect(query).toEqual({
      words: ['aid', 'legal'],
      page: 3,
      perPage: 20,
      format: 'json',
      view: 'full',
      taxonomyTermId: ID,
      taxonomyId: ID,
      organizationId: ID,
      modifiedAfter: new Date('2026-01-05T10:00:00Z'),
    });
  });

  it('puts a minimal list on one page', () => {
    expect(readServiceQuery({ minimal: 'true' })).toMatchObject({ view: 'minimal', perPage: 50_000 });
  });

  it.each([
    ['2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['2026-01-05T10:00', '2026-01-05T10:00:00.000Z'],
    ['2026-01-05T10:00:00.1234567Z', '2026-01-05T10:00:00.123Z'],
    ['2026-01-05T10:00:00-05:00', '2026-01-05T15:00:00.000Z'],
    ['2026-01-05T10:00:00+0530', '2026-01-05T04:30:00.000Z'],
    ['2026-01-05T10:00:00 05:30', '2026-01-05T04:30:00.000Z'],
  ])('reads the time %s', (text, instant) => {
    expect(readServiceQuery({ modified_after: text }).modifiedAfter?.toISOString()).toBe(instant);
  });

  it.each([
    [{ page: '0' }, '#/page'],
    [{ page: '-1' }, '#/page'],
    [{ page: '1.5' }, '#/page'],
    [{ page: '99999999999999999999' }, '#/page'],
    [{ page: ['1', '2'] }, '#/page'],
    [{ page: { $gt: '' } }, '#/page'],
    [{ per_page: '1001' }, '#/per_page'],
    [{ per_page: '' }, '#/per_page'],
    [{ per_page: '50001', minimal: 'true' }, '#/per_page'],
    [{ search: ' ?! ' }, '#/search'],
    [{ search: 'a b c d e f g h i j k l m n o p q r s t u' }, '#/search'],
    [{ format: 'xml' }, '#/format'],
    [{ format: 'ndjson', page: '1' }, '#/format'],
    [{ organization_id: '25231' }, '#/organization_id'],
    [{ taxonomy_term_id: '' }, '#/taxonomy_term_id'],
    [{ taxonomy_id: 'x' }, '#/taxonomy_id'],
    [{ modified_after: 'yesterday' }, '#/modified_after'],
    [{ modified_after: '2026-02-30' }, '#/modified_after'],
    [{ modified_after: '2026-01-05T25:00:00Z' }, '#/modified_after'],
    [{ minimal: 'yes' }, '#/minimal'],
    [{ full: '1' }, '#/full'],
    [{ full: 'true', minimal: 'true' }, '#/full'],
    [{ postcode: '60601' }, '#/postcode'],
    [{ 'page[$gt]': '1' }, '#/page[$gt]'],
  ])('refuses %j', (raw, pointer) => {
    const refusal = thrownBy(() => readServiceQuery(raw));
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ kind: 'malformed', code: 'query-invalid' });
    expect((refusal as Refusal).details.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('reads numbers and booleans of a body, beside the query string', () => {
    expect(readServiceQuery({ search: 'aid' }, { page: 2, full: true })).toMatchObject({
      words: ['aid'],
      page: 2,
      view: 'full',
    });
    expect(thrownBy(() => readServiceQuery({ page: '1' }, { page: 1 }))).toMatchObject({ code: 'query-invalid' });
    for (const body of [{ page: null }, { page: 1.5 }, { search: ['a'] }, { search: {} }, { __proto__x: 1 }])
      expect(thrownBy(() => readServiceQuery({}, body))).toMatchObject({ code: 'query-invalid' });
  });

  it('reads what the other lists take', () => {
    expect(
      readListQuery('service_at_locations', { postcode: '60601-1234', proximity: '1500.5', organization_id: ID }),
    ).toMatchObject({ postcode: '60601', proximity: 1500.5, organizationId: ID });
    expect(readListQuery('service_at_locations', { postcode: 'sw1a 1aa' }).postcode).toBe('SW1A1AA');
    expect(readListQuery('taxonomy_terms', { top_only: 'true', parent_id: ID, taxonomy_id: ID })).toMatchObject({
      topOnly: true,
      parentId: ID,
      taxonomyId: ID,
    });
    expect(readListQuery('organizations', { full_service: 'true', full: 'true' })).toMatchObject({
      view: 'full-services',
      perPage: 50,
    });
    expect([readFullService({}), readFullService({ full_service: 'true' })]).toEqual([false, true]);
  });

  it.each<[Parameters<typeof readListQuery>[0], Record<string, string>, string]>([
    ['service_at_locations', { proximity: '100' }, '#/proximity'],
    ['service_at_locations', { postcode: '60601', proximity: '0' }, '#/proximity'],
    ['service_at_locations', { postcode: '60601', proximity: '1e3' }, '#/proximity'],
    ['service_at_locations', { postcode: '$' }, '#/postcode'],
    ['service_at_locations', { minimal: 'true' }, '#/minimal'],
    ['organizations', { full_service: 'true', per_page: '101' }, '#/per_page'],
    ['organizations', { modified_after: '2026-01-01' }, '#/modified_after'],
    ['taxonomies', { full: 'true' }, '#/full'],
    ['taxonomy_terms', { parent_id: 'x' }, '#/parent_id'],
  ])('of %s refuses %j', (list, raw, pointer) => {
    const refusal = thrownBy(() => readListQuery(list, raw)) as Refusal;
    expect(refusal.details.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('an item takes no parameter', () => {
    expect(thrownBy(() => assertNoParameters({ full: 'true' }))).toMatchObject({ code: 'query-invalid' });
    expect(thrownBy(() => readFullService({ full_service: 'maybe' }))).toMatchObject({ code: 'query-invalid' });
  });

  it('names all that is wrong at once', () => {
    const refusal = thrownBy(() => readServiceQuery({ page: 'x', full: 'x', near: 'me' })) as Refusal;
    expect(refusal.details.errors).toHaveLength(3);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

import { Refusal } from '@throughline/shared/domain';
import { readServiceQuery } from './service-query.js';

const ID = '534c8b51-362f-5ebb-9c41-f3d18986b127';

describe('readServiceQuery', () => {
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

import type { DirectoryConfig } from '../config.js';
import { DirectoryIndex } from './index/directory-index.js';
import type { SearchFeed } from './search.feed.js';
import { searchBody } from './search.schemas.js';
import { SearchService } from './search.service.js';

it('does not answer from half an index', () => {
  const feed = { isBuilt: false } as SearchFeed;
  const service = new SearchService(new DirectoryIndex(), feed, {
    SITE_TIME_ZONE: 'America/Chicago',
  } as DirectoryConfig);
  const refusal = { kind: 'unavailable', code: 'search-index-building', details: { retryAfterSeconds: 2 } };
  expect(() => service.search(searchBody.parse({}))).toThrow(expect.objectContaining(refusal));
  expect(() => service.suggestions('legal')).toThrow(expect.objectContaining(refusal));
  feed.isBuilt = true;
  expect(service.search(searchBody.parse({}))).toMatchObject({ total: 0, items: [] });
});

import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { decodeCursor, encodeCursor } from '@throughline/shared/http';
import { DirectoryConfig } from '../config.js';
import type { ClientProfile } from '../domain/search/client-fit.js';
import { DERIVED_FACETS, LISTED_FACETS, type SearchQuery } from '../domain/search/search-query.js';
import { DirectoryIndex } from './index/directory-index.js';
import { explain } from './index/explained-hit.js';
import { search } from './index/search-engine.js';
import { complete, didYouMean, type Suggestions } from './index/suggestions.js';
import type { Reading } from './index/word-index.js';
import { SearchFeed } from './search.feed.js';
import { searchCursor, type SearchAnswer, type SearchBody } from './search.schemas.js';

/** Words told of what a typed word was read as. */
const MAX_READ_AS = 5;
const RETRY_SECONDS = 2;

@Injectable()
export class SearchService {
  constructor(
    @Inject(DirectoryIndex) private readonly index: DirectoryIndex,
    @Inject(SearchFeed) private readonly feed: SearchFeed,
    @Inject(DirectoryConfig) private readonly config: DirectoryConfig,
  ) {}

  /** @throws Refusal `search-index-building` (503) until the index is built, `cursor-malformed` (400) */
  search(body: SearchBody): SearchAnswer {
    this.mustBeBuilt();
    const after = body.cursor === undefined ? undefined : decodeCursor(body.cursor, searchCursor);
    const now = new Date(after?.now ?? Date.now());
    const zone = this.config.SITE_TIME_ZONE;
    const query = queryOf(body);
    const found = search(this.index, query, now, zone, { limit: body.limit + 1, ...(after ? { after } : {}) });
    const shown = found.hits.slice(0, body.limit);
    const items = shown.map((hit) => explain(this.index, hit, found, query));
    const last = items.at(-1);
    const instead = didYouMean(this.index, found.readings);
    return {
      total: found.total,
      items,
      ...(found.hits.length > body.limit && last
        ? { nextCursor: encodeCursor({ now: now.getTime(), score: last.score, id: last.service.id }) }
        : {}),
      words: found.readings.map(told),
      ...(instead === undefined ? {} : { didYouMean: instead }),
      facets: found.facets,
    };
  }

  /** @throws Refusal `search-index-building` (503) */
  suggestions(text: string): Suggestions {
    this.mustBeBuilt();
    return complete(this.index, text);
  }

  private mustBeBuilt(): void {
    if (this.feed.isBuilt) return;
    throw new Refusal(
      'unavailable',
      'search-index-building',
      'The search is being made ready. Ask again in a moment.',
      {
        retryAfterSeconds: RETRY_SECONDS,
      },
    );
  }
}

function queryOf(body: SearchBody): SearchQuery {
  const choices = [...LISTED_FACETS, ...DERIVED_FACETS].flatMap((facet) =>
    body[facet] ? [[facet, body[facet]] as const] : [],
  );
  return {
    areas: body.area ?? [],
    reach: body.reach,
    fit: body.fit,
    statuses: body.status,
    choices: Object.fromEntries(choices),
    ...(body.text === undefined ? {} : { text: body.text }),
    ...(body.near ? { near: body.near } : {}),
    ...(body.openAt === undefined ? {} : { openAt: new Date(body.openAt) }),
    ...(body.open ? { open: body.open } : {}),
    ...(body.client ? { client: body.client as ClientProfile } : {}),
  };
}

function told({ typed, match, words }: Reading): SearchAnswer['words'][number] {
  const frequent = [...words].sort((a, b) => b.word.size - a.word.size).slice(0, MAX_READ_AS);
  return { typed, match, readAs: frequent.map(({ word }) => word.text) };
}

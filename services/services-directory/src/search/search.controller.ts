import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Public } from '@throughline/shared/auth';
import type { Suggestions } from './index/suggestions.js';
import {
  searchAnswer,
  searchBody,
  searchParameters,
  suggestionParameters,
  suggestions,
  type SearchAnswer,
  type SearchBody,
  type SearchParameters,
} from './search.schemas.js';
import { SearchService } from './search.service.js';

/** The directory is public, so searching it is; what is known about a client is in a body, and kept nowhere. */
@ApiTags('Search')
@Public()
@Controller('v1/search')
export class SearchController {
  constructor(@Inject(SearchService) private readonly service: SearchService) {}

  @Get()
  @ApiOperation({ summary: 'Search the directory, without anything about a client.' })
  @ApiOkResponse({ standardSchema: searchAnswer, description: 'Hits, best first, with facets.' })
  get(@Query({ schema: searchParameters }) { latitude, longitude, withinKm, ...rest }: SearchParameters): SearchAnswer {
    const near = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude, withinKm };
    return this.service.search({ ...rest, near, fit: 'maybe' });
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Search the directory for a client. A query: nothing is kept.' })
  @ApiOkResponse({ standardSchema: searchAnswer, description: 'Hits, best first, with facets.' })
  post(@Body({ schema: searchBody }) body: SearchBody): SearchAnswer {
    return this.service.search(body);
  }

  @Get('suggestions')
  @ApiOperation({ summary: 'Complete what somebody is typing.' })
  @ApiOkResponse({ standardSchema: suggestions, description: 'The most frequent first.' })
  suggest(@Query({ schema: suggestionParameters }) { text }: { text: string }): Suggestions {
    return this.service.suggestions(text);
  }
}

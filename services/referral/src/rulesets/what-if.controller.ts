import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { rulesetId } from './criterion.schemas.js';
import { draftId } from './rulesets.schemas.js';
import { whatIfAnswer, whatIfRequest, type WhatIfAnswer, type WhatIfRequest } from './what-if.schemas.js';
import { WhatIfService } from './what-if.service.js';

/** A question that changes nothing: it takes no idempotency key, and is asked again as often as one likes. */
@ApiTags('Rulesets')
@Controller('v1/rulesets/:rulesetId/drafts/:draftId/what-if')
export class WhatIfController {
  constructor(private readonly whatIf: WhatIfService) {}

  @Post()
  @ApiOperation({ summary: 'What a draft would have come to on past referrals, and which of them would change.' })
  @Roles('prosecutor')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: whatIfAnswer, description: 'Counts by outcome, and referrals without identity.' })
  ask(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('draftId', { schema: draftId }) draft: string,
    @Body({ schema: whatIfRequest }) request: WhatIfRequest,
  ): Promise<WhatIfAnswer> {
    return this.whatIf.ask(id, draft, request);
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { z } from 'zod';
import { RULESETS } from '../data/rulesets.js';
import { rulesetInForce, type Ruleset } from '../domain/criteria.js';

const rulesetView = z
  .object({
    id: z.string(),
    version: z.int(),
    title: z.string(),
    effectiveFrom: z.iso.datetime(),
    criteria: z.array(
      z.object({
        id: z.string(),
        fact: z.string(),
        operator: z.enum(['equals', 'at-least', 'at-most', 'one-of', 'none-within', 'some-within']),
        value: z.union([z.boolean(), z.number(), z.string(), z.array(z.string())]).optional(),
        window: z
          .object({ years: z.int().optional(), months: z.int().optional(), days: z.int().optional() })
          .optional(),
        severity: z.enum(['hard', 'presumptive']),
        overridableBy: z.literal('prosecutor').optional(),
        sentences: z.object({ met: z.string(), notMet: z.string(), unknown: z.string() }),
      }),
    ),
  })
  .meta({ id: 'Ruleset' });

/** The criteria are published: everybody who works with them may read them. */
@ApiTags('Criteria')
@Controller('v1/criteria')
export class CriteriaController {
  @Get()
  @ApiOperation({ summary: 'The eligibility criteria in force, each with its verdicts in plain words.' })
  @Roles('officer', 'supervisor', 'prosecutor', 'coordinator', 'case-manager', 'analyst', 'auditor', 'admin')
  @ApiOkResponse({ standardSchema: rulesetView, description: 'The ruleset that referrals entered now are judged by.' })
  inForce(): Ruleset {
    const ruleset = rulesetInForce(RULESETS, new Date());
    if (!ruleset) throw new Refusal('not-found', 'not-found', 'No ruleset is in force.');
    return ruleset;
  }
}

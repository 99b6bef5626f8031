import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { z } from 'zod';
import { BlindKeysRotation } from './blind-keys-rotation.js';

const rotated = z.object({ rotated: z.int().min(0), remaining: z.int().min(0) });

@ApiTags('Operations')
@Roles('admin')
@Controller('v1/operations/blind-keys')
export class BlindKeysController {
  constructor(private readonly rotation: BlindKeysRotation) {}

  @Post('rotation')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Makes the blind keys of all referrals under the first key of BLIND_INDEX_KEY. With none remaining the others may go.',
  })
  @ApiOkResponse({ standardSchema: rotated, description: 'How many were made anew, how many remain.' })
  rotate(): Promise<z.output<typeof rotated>> {
    return this.rotation.rotate();
  }
}

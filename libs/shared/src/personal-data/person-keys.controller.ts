import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '../openapi/index.js';
import { z } from 'zod';
import { Roles } from '../auth/index.js';
import { PersonKeys } from './person-keys.js';

const rotated = z.object({ rotated: z.int().min(0), remaining: z.int().min(0) });

@ApiTags('Operations')
@Roles('admin')
@Controller('v1/operations/person-keys')
export class PersonKeysController {
  constructor(@Inject(PersonKeys) private readonly keys: PersonKeys) {}

  @Post('rotation')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Wraps the keys of all people by the first key of FIELD_ENCRYPTION_KEY. With none remaining the others may go.',
  })
  @ApiResponse({ status: 200, description: 'How many were wrapped anew, how many remain.', standardSchema: rotated })
  rotate(): Promise<z.output<typeof rotated>> {
    return this.keys.rotate();
  }
}

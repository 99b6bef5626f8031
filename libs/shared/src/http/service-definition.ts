import type { DynamicModule } from '@nestjs/common';
import type { ZodType } from 'zod';
import type { CommonConfig } from './common-config.js';

/** All that distinguishes one service from another; `startService` does the rest. */
export interface ServiceDefinition<Config extends object = object> {
  /** Name in logs, metrics and events: `referral`. */
  name: string;
  /** One or two sentences for the head of its OpenAPI document. */
  description: string;
  /** Schema of its own environment variables, besides the common ones of {@link CommonConfig}. */
  config: ZodType<Config>;
  /**
   * Wires the service. It is also called with an empty configuration, to describe the API without any infrastructure:
   * pass values on to provider factories, and compute with them there.
   */
  module: (config: Config & CommonConfig) => DynamicModule;
}

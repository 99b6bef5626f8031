import { Module, type DynamicModule } from '@nestjs/common';
import { Log } from './log.js';
import { Metrics } from './metrics.js';

/** Makes the `Log` and the `Metrics` of the service injectable everywhere. `startService` adds it. */
@Module({})
export class ObservabilityModule {
  static with(log: Log, metrics: Metrics): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      providers: [
        { provide: Log, useValue: log },
        { provide: Metrics, useValue: metrics },
      ],
      exports: [Log, Metrics],
    };
  }
}

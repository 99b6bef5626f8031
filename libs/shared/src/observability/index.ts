export * from './log.js';
export * from './metrics.js';
export * from './nest-log.js';
export * from './observability.module.js';
export * from './reduced-error.js';
export * from './trace-context.js';

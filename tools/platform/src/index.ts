export { until } from './infrastructure/deadline.js';
export { startBroker, startDatabase, startInfrastructure } from './infrastructure/launcher.js';
export { ManagedProcess } from './infrastructure/managed-process.js';
export { freePorts, isFree } from './infrastructure/ports.js';
export type { Broker, Database, InfrastructureOptions, Running, Source } from './infrastructure/running.js';
export { messageOf, Problem } from './problem.js';

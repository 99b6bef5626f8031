export * from './eventually.js';
export * from './issuer.js';
export * from './test-infrastructure.js';
export * from './test-service.js';

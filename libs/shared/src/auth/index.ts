export * from './access.js';
export * from './auth.guard.js';
export * from './key-set.js';
export * from './principal.js';
export * from './sealing.js';
export * from './token-verifier.js';

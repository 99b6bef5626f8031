export * from './keyed-hash.js';
export * from './random-part.js';

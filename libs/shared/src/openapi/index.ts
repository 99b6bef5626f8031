export * from './described-later.js';

export * from './fault-points.js';

import type { Operator } from './compile.js';

export const DATES: Record<string, Operator> = {};

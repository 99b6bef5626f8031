import { createHash } from 'node:crypto';
import { canonicalJson } from '@throughline/shared/http';
import type { Ruleset } from '../domain/criteria.js';

/** SHA-256 of the canonical JSON: shows later that a published ruleset is what was published. */
export const hashOf = (ruleset: Ruleset): string => createHash('sha256').update(canonicalJson(ruleset)).digest('hex');

import 'reflect-metadata';
import { startService } from '@throughline/shared/http';
import { witness } from './witness.module.js';

await startService(witness);

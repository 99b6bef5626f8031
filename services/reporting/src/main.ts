import 'reflect-metadata';
import { startService } from '@throughline/shared/http';
import { ReportingService } from './reporting.module.js';

await startService(ReportingService);

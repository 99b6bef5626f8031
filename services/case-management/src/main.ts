import { startService } from '@throughline/shared/http';
import { CaseManagementService } from './case-management.module.js';

await startService(CaseManagementService);

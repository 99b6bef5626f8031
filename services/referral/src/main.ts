import { startService } from '@throughline/shared/http';
import { referralService } from './referral.module.js';

await startService(referralService);

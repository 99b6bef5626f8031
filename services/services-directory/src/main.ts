import { startService } from '@throughline/shared/http';
import { servicesDirectory } from './services-directory.module.js';

await startService(servicesDirectory);

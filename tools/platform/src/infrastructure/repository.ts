import { fileURLToPath } from 'node:url';

/** The root folder of this repository; the same distance from `src/infrastructure` as from `dist/infrastructure`. */
export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url));

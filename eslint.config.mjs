import { readdirSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom. Services share nothing but libs: what one knows of another arrives as an event.
 * The rule reads Nx's project graph and is silent without one, so lint through `nx lint` or `npm run lint`.
 */
const boundaries = [
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:lib'] },
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:tool'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:lib', 'type:tool'] },
];

// The services export nothing, so Nx does not know their package names; refused here, an import of one says why.
const services = readdirSync(new URL('services/', import.meta.url)).flatMap((name) => [
  `@throughline/${name}`,
  `@throughline/${name}/**`,
]);

export default defineConfig(
  globalIgnores(['**/dist', '**/node_modules', '.nx', '.throughline', '**/coverage']),
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: boundaries },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: services, message: 'A service is never imported: it is told by its events and its API.' },
          ],
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nestjs/swagger',
              message: 'It takes 9 MB at import: @throughline/shared/openapi loads it for the first document.',
              allowTypeImports: true,
            },
          ],
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    // These run before anything is installed or configure the tools themselves: they belong to no project.
    files: ['**/*.config.mjs', '*.mjs', 'tools/bin/**'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
);

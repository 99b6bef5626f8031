import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './infrastructure/repository.js';

/**
 * Proves that the boundaries between projects hold: each forbidden import is a fixture that must fail the lint.
 * The fixtures are fed to ESLint as text under the name of a file that does not exist, so the normal lint never sees them.
 */
function lint(file: string, code: string): string[] {
  const eslint = join(repositoryRoot, 'node_modules/eslint/bin/eslint.js');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [eslint, '--stdin', '--stdin-filename', join(repositoryRoot, file), '--format', 'json'],
    { cwd: repositoryRoot, input: `${code}\n`, encoding: 'utf8' },
  );
  try {
    const [result] = JSON.parse(stdout) as { messages: { ruleId: string; message: string }[] }[];
    return result!.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
  } catch {
    throw new Error(`ESLint gave no result: ${stderr || stdout}`);
  }
}

const service = 'services/referral/src/boundary-fixture.ts';
const library = 'libs/shared/src/boundary-fixture.ts';
const system = 'e2e/src/boundary-fixture.ts';

beforeAll(() => {
  // The Nx rule allows everything while there is no project graph: make sure that there is one.
  execFileSync(process.execPath, [join(repositoryRoot, 'node_modules/nx/dist/bin/nx.js'), 'show', 'projects'], {
    cwd: repositoryRoot,
    env: { ...process.env, NX_DAEMON: 'false' },
  });
}, 60_000);

describe('the lint refuses', () => {
  it.each([
    [
      'a service that imports another by package name',
      service,
      `import '@throughline/case-management';`,
      'no-restricted-imports',
    ],
    [
      'a service that reaches into another package',
      service,
      `import '@throughline/case-management/src/domain/case.js';`,
      'no-restricted-imports',
    ],
    [
      'a service that imports another by relative path',
      service,
      `import '../../case-management/src/main.js';`,
      '@nx/enforce-module-boundaries',
    ],
    [
      'a service that imports another on demand',
      service,
      `await import('../../case-management/src/main.js');`,
      '@nx/enforce-module-boundaries',
    ],
    ['a service that imports a tool', service, `import '@throughline/platform';`, '@nx/enforce-module-boundaries'],
    [
      'a library that imports a service',
      library,
      `import '../../../services/referral/src/main.js';`,
      '@nx/enforce-module-boundaries',
    ],
    ['a library that imports a tool', library, `import '@throughline/platform';`, '@nx/enforce-module-boundaries'],
    [
      'a whole-system test that imports a service',
      system,
      `import '../../services/referral/src/main.js';`,
      '@nx/enforce-module-boundaries',
    ],
  ])(
    '%s',
    (_, file, code, rule) => {
      expect(lint(file, code)).toEqual([expect.stringMatching(`^${rule}: `)]);
    },
    30_000,
  );
});

describe('the lint allows', () => {
  it.each([
    ['a service that imports a library', service, `import '@throughline/shared/domain';`],
    ['a tool that imports a library', 'tools/platform/src/boundary-fixture.ts', `import '@throughline/shared/domain';`],
    [
      'a whole-system test that imports a tool and a library',
      system,
      `import '@throughline/platform';\nimport '@throughline/shared/testing';`,
    ],
  ])(
    '%s',
    (_, file, code) => {
      expect(lint(file, code)).toEqual([]);
    },
    30_000,
  );
});

describe('package exports refuse', () => {
  it('a service at run time, whoever asks', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `import '@throughline/referral'`],
      {
        cwd: join(repositoryRoot, 'services/reporting'),
        encoding: 'utf8',
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

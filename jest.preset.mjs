export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@throughline/source', 'node', 'node-addons'] },
  // Integration tests share two cores with a broker and a database; a test that hangs fails all the same.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

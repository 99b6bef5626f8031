import { join } from 'node:path';
import { repositoryRoot } from '../infrastructure/repository.js';
import { readOptions } from './options.js';

describe('the command line of npm start', () => {
  it('has defaults', () => {
    expect(readOptions([], '/somewhere')).toEqual({
      portBase: 3000,
      dataDir: join(repositoryRoot, '.throughline/platform'),
      fresh: false,
      demo: true,
    });
  });

  it('reads a relative folder from where the command was given', () => {
    const options = readOptions(['--port-base', '4100', '--data', 'here', '--fresh', '--no-demo'], '/somewhere');
    expect(options).toEqual({ portBase: 4100, dataDir: '/somewhere/here', fresh: true, demo: false });
  });

  it.each([
    [['--port-base', 'x'], '--port-base is a number from 1024 to 65531, not "x".'],
    [['--port-base', '80'], '--port-base is a number from 1024 to 65531, not "80".'],
    [['--port-base', '65532'], '--port-base is a number from 1024 to 65531, not "65532".'],
    [['--prot-base', '4000'], "Unknown option '--prot-base'"],
    [['4000'], "Unexpected argument '4000'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, '/')).toThrow(message);
  });
});

import { Logger } from '@nestjs/common';
import { Refusal } from '../domain/index.js';
import { Log, NestLog } from './index.js';

const SECRET = 'Xanthippe Quillfeather';

describe('the log', () => {
  let lines: Record<string, unknown>[];
  let log: Log;

  beforeEach(() => {
    lines = [];
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
    log = new Log({ service: 'notes', level: 'debug', destination: { write } });
  });

  it('writes time, level, service, message and allowed fields', () => {
    log.warn('outbox-stuck', { pending: 3, queue: 'reporting.journeys', roles: ['officer'] });
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        service: 'notes',
        msg: 'outbox-stuck',
        pending: 3,
        queue: 'reporting.journeys',
        roles: ['officer'],
      },
    ]);
  });

  it('drops every field that is not allowed, and every object within one that is', () => {
    const whole = {
      name: SECRET,
      body: { name: SECRET },
      headers: SECRET,
      code: { name: SECRET },
      roles: [{ name: SECRET }],
    };
    log.info('submitted', whole as object);
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(['level', 'msg', 'service', 'time']);
  });

  it('cuts a value that is too long to be an id or a code', () => {
    log.info('x', { reason: 'y'.repeat(10_000) });
    expect(String(lines[0]?.['reason'])).toHaveLength(200);
  });

  it('reduces an error to name, code and frames; only our own refusals keep their message', () => {
    const error = Object.assign(new TypeError(`bad ${SECRET}\n    at ${SECRET} (/x.js:1:1)`), {
      code: 'E_BAD',
      keyValue: SECRET,
      cause: new Error(SECRET),
    });
    log.error('failed', { error });
    expect(lines[0]?.['error']).toMatchObject({ name: 'TypeError', code: 'E_BAD', cause: { name: 'Error' } });
    expect((lines[0]?.['error'] as { frames: string[] }).frames[0]).toContain('log.spec');
    log.error('failed', { error: SECRET });
    log.error('failed', { error: Object.assign(new Error(), { name: SECRET, code: SECRET }) });
    expect(JSON.stringify(lines)).not.toContain('Quillfeather');
    log.error('refused', { error: new Refusal('conflict', 'no-such-transition', 'accepted is not allowed here') });
    expect(lines.at(-1)?.['error']).toMatchObject({
      code: 'no-such-transition',
      message: 'accepted is not allowed here',
    });
  });

  it('is where Nest logs, by the same rules', () => {
    const nest = new NestLog(log);
    nest.log({ msg: 'broker-connected', attempt: 2, name: SECRET }, 'BrokerConnection');
    nest.error(new Error(SECRET), 'ExceptionHandler');
    nest.error(`failed`, `Error: ${SECRET}\n    at f (/x.js:1:1)`, 'RpcHandler');
    nest.warn({ name: SECRET });
    nest.log('mapped', 'RouterExplorer');
    expect(lines.map(({ level, msg, component, attempt }) => [level, msg, component, attempt])).toEqual([
      ['info', 'broker-connected', 'BrokerConnection', 2],
      ['error', 'unexpected failure', 'ExceptionHandler', undefined],
      ['error', 'failed', 'RpcHandler', undefined],
      ['warn', 'unexpected failure', undefined, undefined],
      ['debug', 'mapped', 'RouterExplorer', undefined],
    ]);
    expect(JSON.stringify(lines)).not.toContain('Quillfeather');
    expect(lines[2]?.['error']).toMatchObject({ frames: ['at f (/x.js:1:1)'] });
    expect(() => Logger.overrideLogger(nest)).not.toThrow();
  });
});

import { repeats, takeRows, type RosterRow } from '../domain/officer-roster.js';
import { MAX_ROSTER_ROWS, readRoster } from './roster-csv.js';

const ZONE = 'America/Denver';
const read = (text: string) => [...readRoster(Buffer.from(text), ZONE)];

describe('a roster file', () => {
  it('is the same with a byte-order mark, Windows and old Mac line ends, another separator, quotes, blank lines and no last line end', () => {
    const plain = read('officer_id,active_from,unit\na:1,2024-07-01,Patrol\nb:2,2024-07-01T08:00:00+02:00,\n');
    expect(plain).toEqual([
      { line: 2, officerId: 'a:1', period: { activeFrom: new Date('2024-07-01T06:00:00Z'), unit: 'Patrol' } },
      { line: 3, officerId: 'b:2', period: { activeFrom: new Date('2024-07-01T06:00:00Z') } },
    ]);
    expect(
      read(
        '\ufeff"Officer ID";Active-From;UNIT\r\n"a:1"; 2024-07-01 ;"Patrol"\r\n"b:2";"2024-07-01T08:00:00+02:00";\r\n\r\n',
      ),
    ).toEqual(plain);
    expect(read('officer_id,active_from,unit\ra:1,2024-07-01,Patrol\rb:2,2024-07-01T06:00:00Z,\r')).toEqual(plain);
    expect(read('officer_id\tactive_from\tunit\na:1\t2024-07-01\tPatrol\n\n \nb:2\t2024-07-01T06:00:00Z')).toEqual([
      plain[0],
      { ...plain[1], line: 5 },
    ]);
  });

  it('keeps a quoted separator and quote, and costs its own row where a quote is never closed', () => {
    const rows = read('officer_id,active_from,unit\nx,2024-01-01,"a ""b"", c"\ny,2024-01-01,"open\nz,2024-01-01,ok\n');
    expect(rows).toMatchObject([
      { period: { unit: 'a "b", c' } },
      { line: 3, outcome: 'rejected', reason: 'row-unreadable' },
      { line: 4, officerId: 'z' },
    ]);
  });

  it('of the largest size is read a row at a time', () => {
    const lines = Array.from({ length: MAX_ROSTER_ROWS }, (_, number) => `officer:${number},2024-01-01`);
    const rows = readRoster(Buffer.from(`officer_id,active_from\n${lines.join('\n')}`), ZONE)[Symbol.iterator]();
    expect(rows.next().value).toMatchObject({ line: 2, officerId: 'officer:0' });
    expect(() => read(`officer_id,active_from\n${lines.join('\n')}\nx,2024-01-01`)).toThrow(/50000 rows/);
  });

  it('tells a row that comes again, however far below, and takes the first', () => {
    const [first, , again, other] = read(
      'officer_id,active_from,unit\nx,2024-01-01,A\ny,2024-01-01,\nx,2024-01-01,B\nx,2025-01-01,\n',
    ) as RosterRow[];
    const repeated = repeats();
    expect([first!, again!, other!].map((row) => repeated(row)?.reason)).toEqual([
      undefined,
      'row-repeated',
      undefined,
    ]);
    expect(takeRows('pd', 'x', undefined, [first!]).officer?.periods).toEqual([first!.period]);
  });
});

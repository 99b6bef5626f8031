import { readPhoneNumbers } from './phone-numbers.js';

describe('readPhoneNumbers', () => {
  it.each([
    ['(312) 938-2106', [{ number: '(312) 938-2106' }]],
    ['(312) 773-1068 ext. 321', [{ number: '(312) 773-1068', extension: 321 }]],
    ['312-346-9766 x 715', [{ number: '312-346-9766', extension: 715 }]],
    ['(312) 201-9740 x331', [{ number: '(312) 201-9740', extension: 331 }]],
    ['(618) 453-3217; (618) 536-7711', [{ number: '(618) 453-3217' }, { number: '(618) 536-7711' }]],
    ['(618) 394-7300 or (877) 342-7891', [{ number: '(618) 394-7300' }, { number: '(877) 342-7891' }]],
    ['1-800-LAW-REP-4', [{ number: '1-800-LAW-REP-4' }]],
    ['844-RIGHTS-9 (844-744-4879)', [{ number: '844-RIGHTS-9 (844-744-4879)' }]],
    ['211', [{ number: '211' }]],
    ['no phone', []],
    ['n/a', []],
  ])('%s', (text, numbers) => {
    expect(readPhoneNumbers(text)).toEqual(numbers);
  });
});

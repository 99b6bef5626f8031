import fc from 'fast-check';
import { pageOf } from './page.js';

/** The page that a list of `total` numbers has at `page`, cut by the plainest means. */
const cut = (total: number, page: number, perPage: number) =>
  pageOf(
    Array.from({ length: total }, (_, index) => index).filter((index) => Math.floor(index / perPage) === page - 1),
    total,
    page,
    perPage,
  );

describe('pageOf', () => {
  it.each([
    // total, page, per page -> pages, size, first, last, empty
    [0, 1, 10, 0, 0, true, true, true],
    [1, 1, 10, 1, 1, true, true, false],
    [10, 1, 10, 1, 10, true, true, false],
    [11, 1, 10, 2, 10, true, false, false],
    [11, 2, 10, 2, 1, false, true, false],
    [11, 3, 10, 2, 0, false, true, true],
  ])('%i items, page %i of %i each', (total, page, perPage, pages, size, first, last, empty) => {
    const { contents, ...envelope } = cut(total, page, perPage);
    expect(envelope).toEqual({
      total_items: total,
      total_pages: pages,
      page_number: page,
      size,
      first_page: first,
      last_page: last,
      empty,
    });
    expect(contents).toHaveLength(size);
  });

  it('a walk from the first page to the last gives every item once', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 60 }), (total, perPage) => {
        const seen: number[] = [];
        for (let page = 1; ; page += 1) {
          const one = cut(total, page, perPage);
          seen.push(...one.contents);
          if (one.last_page) break;
        }
        expect(seen).toEqual(Array.from({ length: total }, (_, index) => index));
      }),
    );
  });
});

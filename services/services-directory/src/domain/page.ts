/** The envelope of a list, as the official openapi.json declares `Page`. */
export interface Page<Item> {
  total_items: number;
  total_pages: number;
  page_number: number;
  size: number;
  first_page: boolean;
  last_page: boolean;
  empty: boolean;
  contents: Item[];
}

/**
 * Puts the items of one page into their envelope. Pages count from 1; nothing at all is 0 pages; a page beyond the end
 * is empty and, like the end itself, the last. `size` counts what is in this page, `empty` says that nothing is.
 */
export function pageOf<Item>(contents: Item[], totalItems: number, page: number, perPage: number): Page<Item> {
  const totalPages = Math.ceil(totalItems / perPage);
  return {
    total_items: totalItems,
    total_pages: totalPages,
    page_number: page,
    size: contents.length,
    first_page: page === 1,
    last_page: page >= totalPages,
    empty: contents.length === 0,
    contents,
  };
}

/** Writes the page of `why --html`: over nothing but another such page. */
import { PAGE_BEGINNING } from './page/page.ts';
import { writeReplaceable } from './replaceable-file.ts';

/** @throws InputError `file-exists`, `cannot-write` */
export const writePage = (file: string, page: string): void =>
  writeReplaceable(file, page, { beginning: PAGE_BEGINNING, words: 'a page that varve why --html wrote before' });

import type { HsdsTaxonomyTerm } from '../domain/hsds.js';
import { sharedTerms } from '../taxonomies/shared-taxonomies.js';
import { openFolder, type Source } from './sources.js';

/** A dataset on its way into the directory. */
export interface Dataset {
  name: string;
  open: () => Promise<Source>;
  /** What the dataset as a whole is about, where its files do not say so. */
  commonTerms: readonly HsdsTaxonomyTerm[];
}

/** The CSV files of a dataset that comes with this service. Provenance and licences: `data/README.md`. */
const bundled = (name: string) => () => openFolder(new URL(`../../data/${name}/`, import.meta.url));

/** The term 1111 of Open Eligibility. */
const LEGAL = sharedTerms.termFor({ taxonomy: 'Open Eligibility', code: '1111', name: 'Legal' })!;

export const DATASET_NAMES = ['ilao', 'hsds-sample'] as const;
export type DatasetName = (typeof DATASET_NAMES)[number];

export const BUNDLED_DATASETS: Record<DatasetName, Dataset> = {
  ilao: { name: 'ilao', open: bundled('ilao'), commonTerms: [LEGAL] },
  'hsds-sample': { name: 'hsds-sample', open: bundled('hsds-sample'), commonTerms: [] },
};

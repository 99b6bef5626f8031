/** The version of the Human Services Data Specification that is served, and where that is described. */
export const HSDS_VERSION = '3.2.3';
export const HSDS_PROFILE = 'https://docs.openreferral.org/';

/** The version of varve, as package.json has it (a test holds the two together). */
export const VARVE_VERSION = '0.3.0';

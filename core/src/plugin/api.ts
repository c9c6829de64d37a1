/** Version of the contracts. A plugin's package.json gives the range of versions that it works with. */
export const API_VERSION = '0.1.0';

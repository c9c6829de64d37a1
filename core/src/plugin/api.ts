/** Version of the contracts that plugins are written against; a plugin's package.json names the range it works with. */
export const API_VERSION = '0.1.0';

// What tfjs-node gets for `util`: two functions it calls were deprecated in Node 22 and removed in Node 23.
'use strict';
const util = require('node:util');

module.exports = {
  ...util,
  isArray: Array.isArray,
  isNullOrUndefined: value => value === null || value === undefined,
};

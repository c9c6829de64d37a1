import { definePlugin } from '@carl-ssl/core';
import { deepclusterV2 } from './deepcluster-v2.js';
import { kmeansAssign } from './kmeans-assign.js';
import { sphericalKMeansAssigner } from './spherical-kmeans.js';

export default definePlugin({
  name: '@carl-ssl/deepcluster',
  components: [kmeansAssign, sphericalKMeansAssigner, deepclusterV2],
});

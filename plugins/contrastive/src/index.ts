import { definePlugin } from '@carl-ssl/core';
import { dcl } from './dcl.js';
import { infoNce } from './info-nce.js';
import { instances } from './instances.js';
import { macl } from './macl.js';
import { nnclr } from './nnclr.js';
import { ntXent } from './nt-xent.js';
import { queue } from './queue.js';
import { ressl } from './ressl.js';

export default definePlugin({
  name: '@carl-ssl/contrastive',
  components: [instances, queue, ntXent, infoNce, dcl, macl, nnclr, ressl],
});

import type { Plugin } from '@carl-ssl/core';
import byol from '@carl-ssl/byol';
import carl from '@carl-ssl/carl';
import carp from '@carl-ssl/carp';
import contrastive from '@carl-ssl/contrastive';
import convnext from '@carl-ssl/convnext';
import deepcluster from '@carl-ssl/deepcluster';
import dino from '@carl-ssl/dino';
import embedding from '@carl-ssl/embedding';
import heads from '@carl-ssl/heads';
import lejepa from '@carl-ssl/lejepa';
import massl from '@carl-ssl/massl';
import msn from '@carl-ssl/msn';
import optim from '@carl-ssl/optim';
import resnet from '@carl-ssl/resnet';
import simmim from '@carl-ssl/simmim';
import swav from '@carl-ssl/swav';
import vicregl from '@carl-ssl/vicregl';
import vit from '@carl-ssl/vit';
import wmse from '@carl-ssl/wmse';

/** This project's plugins that compute on a backend, besides evaluators. */
export const device: readonly Plugin[] = [
  byol,
  carl,
  carp,
  contrastive,
  convnext,
  deepcluster,
  dino,
  embedding,
  heads,
  lejepa,
  massl,
  msn,
  optim,
  resnet,
  simmim,
  swav,
  vicregl,
  vit,
  wmse,
];

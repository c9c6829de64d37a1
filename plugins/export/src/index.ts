import { definePlugin } from '@carl-ssl/core';
import { onnx } from './onnx.js';
import { timm } from './timm.js';
import { torchvision } from './torchvision.js';

export default definePlugin({ name: '@carl-ssl/export', components: [torchvision, timm, onnx] });

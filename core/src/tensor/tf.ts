/**
 * TensorFlow.js, loaded as the CommonJS module that it is. An `import` of it would first search its megabyte for the names it
 * exports, at every start of the program, which takes several times as long as running it. Both give the same object.
 */
import tf = require('@tensorflow/tfjs-core');

export { tf };

// Registers the gradients of TensorFlow.js operations.
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';

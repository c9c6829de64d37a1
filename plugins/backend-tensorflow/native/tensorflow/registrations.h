// Registration of our operations with TensorFlow, by family. Each function returns false if TensorFlow rejects an
// operation.
#pragma once

namespace carl {

// CarlBatchNorm, CarlBatchNormGrad, and the stages CarlChannelMoments, CarlNormalizeChannels, CarlBatchNormSums,
// CarlBatchNormInputGradient.
bool registerBatchNorm();

// CarlConvolution, CarlConvolutionFilterGradient.
bool registerConvolution();

// CarlStridedConvolution, CarlStridedConvolutionInputGradient, CarlStridedConvolutionFilterGradient.
bool registerStridedConvolution();

// CarlNormalizedConvolution, CarlNormalizedConvolutionFilterGradient.
bool registerNormalizedConvolution();

// CarlRoundToBf16.
bool registerBf16();

// CarlWeightedSums, CarlSumsOfSquares, CarlAdamSteps.
bool registerLists();

// CarlLayerNorm, CarlLayerNormGrad.
bool registerLayerNorm();

// CarlGelu, CarlGeluGrad.
bool registerGelu();

// CarlAttention, CarlAttentionGrad.
bool registerAttention();

}  // namespace carl

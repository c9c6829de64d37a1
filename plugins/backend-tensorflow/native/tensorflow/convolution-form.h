// How a convolution is computed: the attribute `form` of the operations.
#pragma once
#include <string>
#include "math/bf16-products.h"
#include "tensorflow/operation.h"

namespace carl {

class ConvolutionForm {
 public:
  explicit ConvolutionForm(const Attributes& of) : name_(of.text("form")) {}
  // Whether in float32 without minimal filtering.
  bool direct() const { return name_ == "direct"; }
  // Whether products take numbers in bf16.
  bool bf16() const { return name_ == "vectors" || name_ == "tiles"; }
  Bf16Unit unit() const { return name_ == "tiles" ? Bf16Unit::tiles : Bf16Unit::vectors; }

 private:
  const std::string name_;
};

}  // namespace carl

// The attributes of convolutions: their shape, and how they are computed.
#pragma once
#include <string>
#include <vector>
#include "math/bf16-products.h"
#include "tensorflow/operation.h"

namespace carl {

// The attribute `form`.
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

// Each operation says of what the height and the width are. Results are stored in bf16 or as floats.
struct ConvolutionSettings {
  const int64_t height, width, stride, padding;
  const ConvolutionForm form;
  const bool bf16Result;
  explicit ConvolutionSettings(const Attributes& of)
      : height(of.integer("height")),
        width(of.integer("width")),
        stride(of.integer("stride")),
        padding(of.integer("padding")),
        form(of),
        bf16Result(of.isBf16("Y")) {}
};

inline std::vector<const char*> convolutionAttributes() {
  return {"height: int", "width: int", "stride: int", "padding: int", "form: string", kTypeX, kTypeY};
}

}  // namespace carl

// Registration of an operation and its kernel, and access to its tensors and attributes.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>
#include "math/bf16.h"
#include "tensorflow/c-api.h"

namespace carl {

// A tensor of a running kernel, of floats unless numbers in bf16 are mentioned. The destructor releases it.
class Array {
 public:
  explicit Array(TF_Tensor* tensor) : tensor_(tensor) {}
  Array(const Array&) = delete;
  Array(Array&& other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  ~Array() {
    if (tensor_) TF_DeleteTensor(tensor_);
  }
  float* data() const { return tensor_ ? static_cast<float*>(TF_TensorData(tensor_)) : nullptr; }
  // Returns the numbers, which must be of that type.
  template <typename Number>
  Number* numbers() const {
    return static_cast<Number*>(TF_TensorData(tensor_));
  }
  bool isBf16() const { return tensor_ && TF_TensorType(tensor_) == TF_BFLOAT16; }
  // Returns work(numbers), where numbers are floats or numbers in bf16.
  template <typename Work>
  auto with(const Work& work) const {
    return isBf16() ? work(numbers<Bf16>()) : work(data());
  }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> sizes;
    for (int i = 0; i < TF_NumDims(tensor_); i++) sizes.push_back(TF_Dim(tensor_, i));
    return sizes;
  }

 private:
  TF_Tensor* tensor_;
};

inline int64_t sizeOf(const std::vector<int64_t>& shape) {
  int64_t size = 1;
  for (int64_t length : shape) size *= length;
  return size;
}

// One run of a kernel. After a failure, ok() is false and TensorFlow has the error.
class Run {
 public:
  explicit Run(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Run() { TF_DeleteStatus(status_); }
  Array input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    check();
    return Array(tensor);
  }
  Array output(int index, const std::vector<int64_t>& shape, bool bf16 = false) {
    const size_t bytes = bf16 ? sizeof(Bf16) : sizeof(float);
    TF_Tensor* tensor =
        TF_AllocateOutput(context_, index, bf16 ? TF_BFLOAT16 : TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                          bytes * static_cast<size_t>(sizeOf(shape)), status_);
    check();
    return Array(tensor);
  }
  // Fails unless all tensors are of floats.
  bool hasFloats(std::initializer_list<const Array*> tensors) {
    for (const Array* tensor : tensors)
      if (tensor->isBf16()) TF_SetStatus(status_, TF_INVALID_ARGUMENT, "this form of the operation takes floats only");
    check();
    return ok_;
  }
  bool ok() const { return ok_; }

 private:
  void check() {
    if (!ok_ || TF_GetCode(status_) == 0) return;
    ok_ = false;
    TF_OpKernelContext_Failure(context_, status_);
  }
  TF_OpKernelContext* context_;
  TF_Status* status_;
  bool ok_ = true;
};

// The attributes of a kernel, which are available while it is created.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}
  Attributes(const Attributes&) = delete;
  ~Attributes() { TF_DeleteStatus(status_); }
  float real(const char* name) const {
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_);
    return value;
  }
  int64_t integer(const char* name) const {
    int64_t value = 0;
    TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status_);
    return value;
  }
  bool flag(const char* name) const {
    unsigned char value = 0;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_);
    return value != 0;
  }
  // Whether an attribute with a type of numbers is bfloat16 rather than float.
  bool isBf16(const char* name) const {
    TF_DataType value = TF_FLOAT;
    TF_OpKernelConstruction_GetAttrType(construction_, name, &value, status_);
    return value == TF_BFLOAT16;
  }
  std::string text(const char* name) const {
    int32_t length = 0, bytes = 0;
    TF_OpKernelConstruction_GetAttrSize(construction_, name, &length, &bytes, status_);
    std::string value(static_cast<size_t>(bytes), '\0');
    TF_OpKernelConstruction_GetAttrString(construction_, name, &value[0], value.size(), status_);
    return value;
  }

 private:
  TF_OpKernelConstruction* construction_;
  TF_Status* status_;
};

// The settings of a kernel without attributes.
struct NoSettings {
  explicit NoSettings(const Attributes&) {}
};

// The attributes with the types of two arguments or results, float or bfloat16. Those of arguments need not be given.
constexpr const char* kTypeX = "X: {float, bfloat16} = DT_FLOAT";
constexpr const char* kTypeY = "Y: {float, bfloat16} = DT_FLOAT";

// An operation and its CPU kernel.
struct Definition {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  // Receives the Settings of registerOperation.
  void (*compute)(void*, TF_OpKernelContext*);
};

// Registers an operation and its kernel, which keeps Settings made from its attributes. Returns false if TensorFlow
// rejects either.
template <typename Settings = NoSettings>
bool registerOperation(const Definition& definition) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* attribute : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  for (const char* input : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  TF_RegisterOpDefinition(builder, status);
  bool ok = TF_GetCode(status) == 0;
  if (ok) {
    const auto create = [](TF_OpKernelConstruction* construction) -> void* {
      return new Settings(Attributes(construction));
    };
    const auto destroy = [](void* kernel) { delete static_cast<Settings*>(kernel); };
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(definition.name, "CPU", create, definition.compute, destroy);
    TF_RegisterKernelBuilder(definition.name, kernel, status);
    ok = TF_GetCode(status) == 0;
  }
  TF_DeleteStatus(status);
  return ok;
}

}  // namespace carl

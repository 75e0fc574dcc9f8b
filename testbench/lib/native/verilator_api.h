// Between the runtime, compiled once, and the generated glue of one model.
#pragma once
#include <cstdint>

namespace tb {
/// A variable of the design, or an array of them, in models that were built for it.
struct Internal {
  void* at;
  void* enable;  ///< bits that are forced, and their values; null where the model was not built for that
  void* forced;
  uint32_t width, bytes;  ///< of an element: 1, 2, 4 or 8 bytes, or words
  uint32_t count;
};

/// A verilated model behind plain calls; the glue of each design implements it.
struct Model {
  virtual ~Model() {}
  virtual void clocks(const uint32_t* M) = 0;  ///< copies the clocks' words to the model
  virtual void inputs(const uint32_t* M) = 0;  ///< copies all other inputs
  virtual void outputs(uint32_t* M) = 0;       ///< copies the outputs to the words
  virtual void eval() = 0;
  virtual void time(uint64_t ps) = 0;
  virtual uint64_t time() const = 0;
  virtual void finish() = 0;
  virtual bool open_waves(const char* file) = 0;
  virtual void dump() = 0;
  virtual bool write_coverage(const char* file) = 0;  ///< and begins anew; false in a model without coverage
  virtual const Internal* internal(uint32_t id) const = 0;  ///< null when there is none
  virtual void settle() = 0;                                ///< computes all logic between registers anew
};
Model* make_model(uint32_t x_seed, const uint32_t* M);
}  // namespace tb

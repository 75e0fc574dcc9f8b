// Between the runtime, compiled once, and the generated glue of one model.
#pragma once
#include <cstdint>

namespace tb {
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
};
Model* make_model(uint32_t x_seed, const uint32_t* M);
}  // namespace tb

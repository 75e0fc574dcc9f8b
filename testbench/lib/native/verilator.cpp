// The Verilator backend: a flat C interface over a verilated model, loaded into the bench's own process.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>
#include "core.h"
#include "hooks.h"
#include "verilated.h"
#include "verilator_api.h"

#define API extern "C" __attribute__((visibility("default")))

namespace {
// A write to the inside of the design that waits for the next time step.
struct Poke {
  uint32_t command;
  const tb::Internal* to;
  uint32_t element;
  std::vector<uint32_t> words;
};
struct Instance {
  std::vector<Poke> pokes;
  tb::Core core;
  tb::Model* model = nullptr;
  std::string log;
  bool applied = false;  // inputs of the present time step have been applied
  bool waves = false;
};
std::vector<Instance*> table;
thread_local Instance* current = nullptr;

void append(char kind, const std::string& text) {
  if (!current) return;
  // kind, time, length, text: unambiguous whatever the text holds
  const uint64_t t = current->core.now;
  char head[64];
  snprintf(head, sizeof head, "%c %llu %zu\n", kind, (unsigned long long)t, text.size());
  current->log += head;
  current->log += text;
  current->core.M[H_LOG_BYTES] = (uint32_t)current->log.size();
}
void status(uint32_t s, char kind, const char* file, int line, const char* scope, const char* message) {
  if (!current) return;
  append(kind, std::string(file ? file : "") + "\n" + std::to_string(line) + "\n" + (scope ? scope : "") + "\n" +
                   (message ? message : ""));
  uint32_t& now = current->core.M[H_STATUS];
  if (now == S_RUNNING || s == S_FATAL) now = s;
}
}  // namespace

extern "C" int tb_printf(const char* format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(nullptr, 0, format, args);
  va_end(args);
  std::string text(n < 0 ? 0 : (size_t)n, '\0');
  if (n > 0) vsnprintf(&text[0], (size_t)n + 1, format, again);
  va_end(again);
  append('D', text);
  return n;
}
void vl_finish(const char* file, int line, const char* scope) VL_MT_UNSAFE { status(S_FINISH, 'F', file, line, scope, ""); }
void vl_stop(const char* file, int line, const char* scope) VL_MT_UNSAFE { status(S_STOP, 'S', file, line, scope, ""); }
void vl_fatal(const char* file, int line, const char* scope, const char* message) VL_MT_UNSAFE {
  status(S_FATAL, 'X', file, line, scope, message);
}

namespace {
void settle(Instance& i) {
  i.model->eval();
  if (i.waves && i.core.dumping()) i.model->dump();
}

uint8_t* element(void* base, const tb::Internal* v, uint32_t k) { return (uint8_t*)base + (size_t)k * v->bytes; }
void get(void* base, const tb::Internal* v, uint32_t k, uint32_t* words) {
  words[(v->width - 1) / 32] = 0;
  memcpy(words, element(base, v, k), v->bytes);
}
void put(void* base, const tb::Internal* v, uint32_t k, const uint32_t* words) { memcpy(element(base, v, k), words, v->bytes); }
void get_seen(const tb::Internal* v, uint32_t k, uint32_t* words) {
  get(v->at, v, k, words);
  if (!v->enable) return;
  const uint32_t n = (v->width + 31) / 32;
  std::vector<uint32_t> enable(n), forced(n);
  get(v->enable, v, k, enable.data());
  get(v->forced, v, k, forced.data());
  for (uint32_t w = 0; w < n; w++) words[w] = (words[w] & ~enable[w]) | (forced[w] & enable[w]);
}
void poke(Instance& i) {
  bool released = false;
  for (const Poke& p : i.pokes) {
    const tb::Internal* v = p.to;
    std::vector<uint32_t> words((v->width + 31) / 32);
    if (p.command == CMD_WRITE) {
      put(v->at, v, p.element, p.words.data());
    } else if (p.command == CMD_FORCE) {
      for (uint32_t w = 0; w < words.size(); w++) words[w] = ~0u;
      if (v->width % 32) words.back() = (1u << v->width % 32) - 1;
      put(v->forced, v, p.element, p.words.data());
      put(v->enable, v, p.element, words.data());
    } else {
      // A register keeps what it was forced to until the design assigns it; what logic computes comes back at once.
      get_seen(v, p.element, words.data());
      put(v->at, v, p.element, words.data());
      std::fill(words.begin(), words.end(), 0);
      put(v->enable, v, p.element, words.data());
      released = true;
    }
  }
  i.pokes.clear();
  if (released) i.model->settle();
}

// One time step after the bench: edges first, then the new inputs, as a design with registers at its pins would see.
void apply(Instance& i) {
  tb::Core& c = i.core;
  c.drive();
  if (c.edges()) {
    i.model->clocks(c.M);
    i.model->eval();
  }
  i.model->inputs(c.M);
  const bool poked = !i.pokes.empty();
  if (poked) poke(i);
  if (!i.waves && !poked && c.may_fold()) {
    i.model->time(c.fold());
    i.model->clocks(c.M);
  }
  settle(i);
  i.applied = true;
}
}  // namespace

/// Makes an instance over `memory`; its number, or -1 when the waves file cannot be written.
API int tb_open(uint32_t* memory, uint32_t x_seed, const char* waves) {
  Instance* i = new Instance;
  i->core.open(memory);
  current = i;
  i->model = tb::make_model(x_seed, memory);
  if (waves && *waves) i->waves = i->model->open_waves(waves);
  i->model->inputs(memory);
  i->model->clocks(memory);
  settle(*i);
  i->model->outputs(memory);
  size_t n = 0;
  while (n < table.size() && table[n]) n++;
  if (n == table.size()) table.push_back(nullptr);
  table[n] = i;
  current = nullptr;
  if (waves && *waves && !i->waves) return -1;
  return (int)n;
}

/// Runs until the bench is wanted; H_REASON says why.
API void tb_run(int handle) {
  Instance& i = *table[(size_t)handle];
  tb::Core& c = i.core;
  current = &i;
  c.resumed();
  if (!i.applied) {
    apply(i);
    if (c.M[H_WANT_SETTLED]) {
      i.model->outputs(c.M);
      c.M[H_REASON] = R_SETTLED;
      c.M[H_DID_RISE] = c.M[H_DID_FALL] = 0;
      current = nullptr;
      return;
    }
  }
  for (;;) {
    i.applied = false;
    if (c.M[H_STATUS]) {
      c.M[H_REASON] = R_STATUS;
      c.M[H_DID_RISE] = c.M[H_DID_FALL] = 0;
      break;
    }
    const uint64_t t = c.next();
    i.model->time(t);
    i.model->outputs(c.M);
    if (c.event(t)) break;
    apply(i);
  }
  current = nullptr;
}

/// Does what H_COMMAND says to the internal signal that the argument names: reads now, writes in the next time step.
API void tb_command(int handle) {
  Instance& i = *table[(size_t)handle];
  uint32_t* const M = i.core.M;
  uint32_t* const g = M + M[H_ARGUMENT];
  const tb::Internal* v = i.model->internal(g[G_ID]);
  if (v && g[G_ELEMENT] < v->count) {
    const uint32_t n = (v->width + 31) / 32;
    if (M[H_COMMAND] == CMD_READ) {
      get_seen(v, g[G_ELEMENT], g + G_DATA);
      memset(g + G_DATA + n, 0, n * 4);
    } else {
      i.pokes.push_back({M[H_COMMAND], v, g[G_ELEMENT], std::vector<uint32_t>(g + G_DATA, g + G_DATA + n)});
    }
  }
  M[H_COMMAND] = CMD_RUN;
}

/// Applies what is pending, so that the last edge's messages come out, and frees the instance.
API void tb_finish(int handle) {
  Instance& i = *table[(size_t)handle];
  current = &i;
  if (!i.applied && !i.core.M[H_STATUS]) apply(i);
  current = nullptr;
}
API const char* tb_log(int handle) { return table[(size_t)handle]->log.c_str(); }
API void tb_clear_log(int handle) {
  Instance& i = *table[(size_t)handle];
  i.log.clear();
  i.core.M[H_LOG_BYTES] = 0;
}
/// Writes what the model has covered since the last call; 0 in a model that does not count it.
API int tb_write_coverage(int handle, const char* file) { return table[(size_t)handle]->model->write_coverage(file); }
API void tb_close(int handle) {
  Instance* i = table[(size_t)handle];
  current = i;
  i->model->finish();
  delete i->model;
  current = nullptr;
  delete i;
  table[(size_t)handle] = nullptr;
}
